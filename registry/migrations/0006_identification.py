"""An agency owes that somebody is identified in a case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_casework_guards")]
    operations = [
        migrations.AlterField(
            "task",
            "kind",
            models.CharField(
                "task",
                max_length=16,
                choices=[
                    ("identify", "identify who answers"),
                    ("countersign", "countersign the proposal"),
                    ("notify", "send the advance notice"),
                    ("open_notice", "open the advance notice"),
                    ("serve", "serve the notice by hand"),
                    ("object", "state or object"),
                    ("decide", "decide what waits"),
                    ("admit", "decide on the late objection"),
                    ("assign", "assign a reviewer"),
                    ("review", "review and decide"),
                    ("draw", "draw the panel"),
                    ("vote", "vote"),
                    ("talk", "talk with the person"),
                    ("interview", "interview, key supervision"),
                    ("training", "talk and training after the sanction"),
                    ("convene", "call experts to deliberate"),
                    ("deliberate", "deliberate on the application"),
                    ("grant", "decide on the application"),
                    ("measure", "propose or decide a measure"),
                ],
            ),
        ),
    ]
