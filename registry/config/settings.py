"""Settings, by environment only: two deployments differ in variables, never in this file.

Required, and refused with a sentence when missing or malformed:

========================  ============================================================================================
SECRET_KEY                signs sessions and forms; at least 50 characters
DATABASE_URL              PostgreSQL as the application sees it, e.g. ``postgres://registry_app:…@db/registry``
REGISTRY_DOCUMENT_KEY     seals document numbers and contents (AEAD); 32 bytes in base64, or several while they change
REGISTRY_INDEX_KEY        blind index by which a sealed number is found; 32 bytes in base64, or several likewise
REGISTRY_CHAIN_KEY        digests of personal data inside the ledger's chain; 32 bytes in base64; never changes
REGISTRY_CERTIFICATE_KEY  signs certificates of standing; 32 bytes in base64, or several: the first signs, all are shown
ALLOWED_HOSTS             names under which the register is reached, with commas
========================  ============================================================================================

Several keys are written ``2:base64,1:base64``: the first one seals, all of them open and find. ``rotate_keys --help``
says how to come from one to the next.

Optional:

============================  ========================================================================================
DATABASE_OWNER_URL            the same as its owner, for ``migrate`` and ``restore``; default: DATABASE_URL
DATABASE_BACKUP_URL           the same as ``registry_backup``, for ``backup`` and ``drill``; default: neither can run
REGISTRY_DATABASE_POOLED      DATABASE_URL leads to a pooler that hands sessions on with each transaction (PgBouncer
                              with ``pool_mode = transaction``); default: false
DATABASE_DIRECT_URL           the same past the pooler, for the settlement check; required with a pooler
REGISTRY_CHECK_DATABASE_URL   a read replica for settlement checks alone; default: they ask DATABASE_URL
REGISTRY_CHECK_LAG            seconds up to which the replica may be behind; beyond, DATABASE_URL is asked; default: 5
REDIS_URL                     wake-up hints only, ``redis://…`` or ``unix:///path``; default: redis://127.0.0.1:6379/0
REGISTRY_REGISTER_ID          name of this register towards others, kept in every fact; default: cn
REGISTRY_POLICY_DIR           folder of policy files in place of those of registry/rules/policies
REGISTRY_CERTIFICATE_DAYS     from which day up to, not including, which one each key of certificates is in use, as
                              ``1:2026-01-01/2028-07-01,2:2028-01-01/``; default: always
REGISTRY_FILE_MB              size up to which a file is taken in, in megabytes; default: 20
REGISTRY_CLAIMS_MB            size up to which a file of claims is taken in, in megabytes; default: 200
REGISTRY_FILES_PER_POINT      files of evidence for one point of dispute; default: 20
REGISTRY_REQUESTS_PER_MINUTE  requests a minute of one key to each process of the server; default: 1200
REGISTRY_ADDRESS              under which other systems read here, as ``https://…``, put before the addresses in
                              notices; default: nothing
REGISTRY_OWN_NETWORKS         networks of the register's own machines (CIDR, with commas), into which no notice goes but
                              by an approval inside them; default: none
EMAIL_URL                     mail server that tells people of notices, ``smtp+tls://user:password@host:587``
                              (``smtp+ssl``: by TLS from the start), or ``consolemail://`` for trying; needs
                              REGISTRY_ADDRESS; default: no e-mail
REGISTRY_MAIL_FROM            sender of e-mails; required with EMAIL_URL
REGISTRY_HTTPS                reached by TLS only; default: true
REGISTRY_BEHIND_PROXY         a proxy sets X-Forwarded-Proto and -For and can be trusted; default: false
REGISTRY_STATIC_ROOT          where ``collectstatic`` puts style sheets; default: straight from the packages
REGISTRY_SECOND_FACTOR        every officer needs a second factor; false is for trying only; default: true
REGISTRY_SIGN_INS_PER_ADDRESS attempts without success in 15 minutes from one address; default: 20
REGISTRY_PASSWORD_LIST        file of passwords that are refused, one a line, beside Django's own list
REGISTRY_PASSWORD_PROFILE     ``mlps3`` asks for three of four kinds of characters and a new password after 90 days
REGISTRY_OIDC_SERVER          issuer of a provider of identities (OpenID Connect) at which officers may sign in, too;
                              default: none, and then nothing of it is loaded
REGISTRY_OIDC_CLIENT          as what the register is known there, and REGISTRY_OIDC_SECRET with which secret
REGISTRY_OIDC_NAME            how the button calls it; default: its host
REGISTRY_OIDC_CLAIM           member of its ID token that says who it is; default: sub
REGISTRY_OIDC_SCOPE           what is asked of it, with spaces; default: openid
REGISTRY_LOG_LEVEL            DEBUG, INFO, WARNING or ERROR; default: INFO
REGISTRY_DATABASE_MAX_AGE     seconds that a connection is kept; default: 600
CSRF_TRUSTED_ORIGINS          other origins whose forms are accepted, with commas; default: none
DEBUG                         error pages with details; default: false
============================  ========================================================================================
"""

from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from registry.admin.theme import UNFOLD as UNFOLD
from registry.config.api_words import DESCRIPTION, TAGS
from registry.config.bootstrap import HOUSE
from registry.config.database import check_settings, connection_settings
from registry.config.logs import logging_settings
from registry.config.mail import mail_settings
from registry.config.oidc import APPS as OIDC_APPS
from registry.config.oidc import as_allauth_reads_it, named_provider
from registry.config.passwords import password_validators
from registry.config.variables import (
    broker_address,
    days_of_keys,
    every,
    key_of_32_bytes,
    keys_of_32_bytes,
    networks,
    required,
)

BASE_DIR = HOUSE
env = environ.Env()

# --- secrets ---------------------------------------------------------------------------------------------------------
SECRET_KEY = required(env, "SECRET_KEY", "signs sessions and forms")
REGISTRY_DOCUMENT_KEYS = keys_of_32_bytes(env, "REGISTRY_DOCUMENT_KEY", "seals document numbers and contents")
REGISTRY_INDEX_KEYS = keys_of_32_bytes(env, "REGISTRY_INDEX_KEY", "finds a sealed number")
REGISTRY_CHAIN_KEY = key_of_32_bytes(env, "REGISTRY_CHAIN_KEY", "keeps personal data out of the ledger's chain")
REGISTRY_CERTIFICATE_KEYS = keys_of_32_bytes(env, "REGISTRY_CERTIFICATE_KEY", "signs certificates of standing")
REGISTRY_CERTIFICATE_DAYS = days_of_keys(env, "REGISTRY_CERTIFICATE_DAYS")
REGISTRY_REGISTER_ID = env.str("REGISTRY_REGISTER_ID", default="cn")
REGISTRY_POLICY_DIR = env.str("REGISTRY_POLICY_DIR", default="")
REGISTRY_FILE_MB = env.int("REGISTRY_FILE_MB", default=20)
REGISTRY_CLAIMS_MB = env.int("REGISTRY_CLAIMS_MB", default=200)
REGISTRY_FILES_PER_POINT = env.int("REGISTRY_FILES_PER_POINT", default=20)
REGISTRY_REQUESTS_PER_MINUTE = env.int("REGISTRY_REQUESTS_PER_MINUTE", default=1200)
REGISTRY_ADDRESS = env.str("REGISTRY_ADDRESS", default="").rstrip("/")
REGISTRY_OWN_NETWORKS = networks(env, "REGISTRY_OWN_NETWORKS")

# --- e-mail ----------------------------------------------------------------------------------------------------------
REGISTRY_MAIL = bool(env.str("EMAIL_URL", default=""))
globals().update(mail_settings(env, REGISTRY_ADDRESS))

# --- the application -------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
AUTH_USER_MODEL = "registry.User"
ROOT_URLCONF = "registry.config.urls"
WSGI_APPLICATION = "registry.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "registry.apps.RegistryConfig",
    "appeals.apps.AppealsConfig",
    "notifications.apps.NotificationsConfig",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "registry.admin.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "registry.config.sight.BlindUntilKnown",
    "django.middleware.security.SecurityMiddleware",
    "registry.config.compressing.CompressedPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "registry.config.csp.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "registry.config.language.LanguageOfTheUser",
    "registry.config.wellformed.NullCharacters",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registry.config.sessions.WatchedSession",
    "simple_history.middleware.HistoryRequestMiddleware",
    "notifications.waking.AnnounceSoon",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # a reason is as long as it has to be
SIMPLE_HISTORY_DATE_INDEX = False  # histories are read by record; each further index slows every roster

# --- who signs in, and how -------------------------------------------------------------------------------------------
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]  # by the exact name, one hash whoever it is
REGISTRY_SECOND_FACTOR = env.bool("REGISTRY_SECOND_FACTOR", default=True)
REGISTRY_SIGN_INS_PER_ADDRESS = env.int("REGISTRY_SIGN_INS_PER_ADDRESS", default=20)
REGISTRY_PASSWORD_PROFILE = env.str("REGISTRY_PASSWORD_PROFILE", default="")
AUTH_PASSWORD_VALIDATORS = password_validators(REGISTRY_PASSWORD_PROFILE, env.str("REGISTRY_PASSWORD_LIST", default=""))
ACCOUNT_ADAPTER = "registry.pages.sign_in.adapter.Entrance"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_RATE_LIMITS = False  # attempts are counted in a table of ours, before the password is looked at
ACCOUNT_FORMS = {
    "login": "registry.pages.sign_in.forms.SignInForm",
    "reauthenticate": "registry.pages.sign_in.forms.AgainForm",
    "change_password": "registry.pages.sign_in.forms.NewPasswordForm",
}
MFA_ADAPTER = "registry.pages.sign_in.factors.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # the code before and the one after, for slow fingers and clocks that differ
MFA_FORMS = {
    "activate_totp": "registry.pages.sign_in.forms.FirstCodeForm",
    "add_webauthn": "registry.pages.sign_in.forms.NewKeyForm",
    "authenticate": "registry.pages.sign_in.forms.CodeForm",
    "reauthenticate": "registry.pages.sign_in.forms.CodeAgainForm",
}

HTTPS = env.bool("REGISTRY_HTTPS", default=True)
REGISTRY_OIDC = named_provider(env, https=HTTPS)
if REGISTRY_OIDC:
    INSTALLED_APPS += OIDC_APPS
    MIGRATION_MODULES = {"socialaccount": None}  # who is who stands in a table of ours, and no token is kept
    SOCIALACCOUNT_ADAPTER = "registry.pages.sign_in.provider.Provided"
    SOCIALACCOUNT_PROVIDERS = as_allauth_reads_it(REGISTRY_OIDC)

# --- PostgreSQL, and Redis for wake-up hints -------------------------------------------------------------------------
DATABASES = {"default": connection_settings(env)}
DATABASES |= check_settings(env, DATABASES["default"])
DATABASE_ROUTERS = ["registry.queries.nearest.ChecksAskTheReplica"]
REGISTRY_CHECK_LAG = env.float("REGISTRY_CHECK_LAG", default=5.0)
CACHES = {  # the first for all processes: what it forgets early would let a code be used twice
    "counts": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "registry_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
}
CELERY_BROKER_URL = broker_address(env.str("REDIS_URL", default="redis://127.0.0.1:6379/0"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {  # a wake-up that finds nobody awake expires; the next one finds the same rows
    "rosters": every(5, "registry.tasks.work_roster_jobs"),
    "claims": every(5, "registry.tasks.work_claims_checks"),
    "clocks of the procedures": every(300, "registry.tasks.run_clocks"),
    "what the day brought": every(600, "registry.tasks.tell_what_day_brought"),
    "appeals": every(300, "appeals.tasks.run_clocks"),
    "announcements": every(2, "notifications.tasks.announce"),
    "everything unannounced": every(300, "notifications.tasks.announce_everything"),
    "pushes": every(5, "notifications.tasks.push"),
    "letters of other registers": every(5, "notifications.tasks.take_over"),
    "comparing with other registers": every(3600, "notifications.tasks.reconcile"),  # each day of each once
    "e-mails": every(5, "notifications.tasks.mail"),
    "weekly digests": every(300, "notifications.tasks.digests"),  # from 08:00 of their day, each once
    "status list": every(60, "registry.tasks.publish_status_list"),  # nothing new costs one look at an index
    "figures of a large register": every(
        600, "registry.tasks.count_figures"
    ),  # each hour; costs nothing in a small one
    "accounts without a role": every(600, "registry.tasks.close_accounts"),
    "what is kept no longer": every(3600, "registry.tasks.purge"),  # days end; whoever was off then does it later
}

# --- language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "registry" / "locale", BASE_DIR / "registry" / "admin" / "theme_locale"]  # our words first
FORMAT_MODULE_PATH = ["registry.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- style sheets and scripts ----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("REGISTRY_STATIC_ROOT", default="") or None
STATICFILES_FINDERS = [
    "registry.config.icons.SmallIcons",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- what a browser may do -------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("REGISTRY_BEHIND_PROXY", default=False) else None
)
SECURE_REFERRER_POLICY = "same-origin"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # a browser on this machine may use keys without TLS
SESSION_COOKIE_AGE = 15 * 60  # seconds without a request; eight hours in all, see registry.config.sessions
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- the REST face ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DEFAULT_SCHEMA_CLASS": "registry.api.schema.DeskSchema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Payment qualification register",
    "DESCRIPTION": DESCRIPTION,
    "TAGS": TAGS,
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "none", "filter": True, "defaultModelsExpandDepth": 0},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["registry.api.schema.nothing_else"],
}

# --- what is written to the log --------------------------------------------------------------------------------------
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(env.str("REGISTRY_LOG_LEVEL", default="INFO"))
