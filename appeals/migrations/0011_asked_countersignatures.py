"""An objection keeps which institution its person asked to countersign, and that it declined."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0010_drafts_of_votes"),
        ("registry", "0023_pinyin_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalobjection",
            name="countersignature_asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked to countersign at"),
        ),
        migrations.AddField(
            model_name="historicalobjection",
            name="countersignature_asked_of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="registry.institution",
                verbose_name="asked to countersign",
            ),
        ),
        migrations.AddField(
            model_name="historicalobjection",
            name="countersignature_declined_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not countersigned, said at"),
        ),
        migrations.AddField(
            model_name="historicalobjection",
            name="countersignature_declined_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="countersignature_asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked to countersign at"),
        ),
        migrations.AddField(
            model_name="objection",
            name="countersignature_asked_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.institution",
                verbose_name="asked to countersign",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="countersignature_declined_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not countersigned, said at"),
        ),
        migrations.AddField(
            model_name="objection",
            name="countersignature_declined_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("countersignature_asked_at", None), ("countersignature_asked_of", None)),
                    models.Q(
                        ("countersignature_asked_at__isnull", False), ("countersignature_asked_of__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="who_is_asked_to_countersign_is_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("countersignature_declined_at", None),
                    ("countersignature_asked_at__isnull", False),
                    _connector="OR",
                ),
                name="only_who_was_asked_declines_to_countersign",
            ),
        ),
    ]
