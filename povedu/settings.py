"""Settings, read from the environment; the defaults are the embedded single-machine mode.

POVEDU_MODE is ``embedded`` (SQLite, filesystem broker, secrets made at first start) or
``production`` (PostgreSQL, Redis, secrets given as files; refuses to start without them).
"""

import logging
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from povedu.logs import configure_structlog
from povedu.secrets import read_secret

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.str("POVEDU_MODE", default="embedded")
EMBEDDED = MODE == "embedded"
DEBUG = env.bool("POVEDU_DEBUG", default=False)
VAR_DIR = Path(env.str("POVEDU_VAR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
SECRETS_DIR = Path(env.str("POVEDU_SECRETS_DIR", default=str(VAR_DIR / "secrets")))
SECRET_KEY = read_secret(SECRETS_DIR, "secret_key", create=EMBEDDED)
for _name in ("field_keys", "index_key", "chain_key"):
    read_secret(SECRETS_DIR, _name, create=EMBEDDED)

ALLOWED_HOSTS = env.list("POVEDU_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("POVEDU_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # form templates may be overridden in templates/
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tables2",
    "django_filters",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "povedu.screens",
    "povedu.accounts",
    "povedu.audit",
    "povedu.jobs",
    "povedu.intake",
    "povedu.ledger",
    "schools",
    "teachers",
    "students",
    "subsidies",
    "reports",
]

MIDDLEWARE = [
    "povedu.accounts.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "povedu.accounts.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "povedu.accounts.middleware.ActorMiddleware",
    "povedu.accounts.middleware.GateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "povedu.logs.RequestLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "povedu.urls"
WSGI_APPLICATION = "povedu.wsgi.application"
ASGI_APPLICATION = "povedu.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "povedu.screens.context.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": env.db_url("POVEDU_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'povedu.sqlite3'}")
}
_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if _SQLITE:
    # IMMEDIATE takes the write lock at BEGIN: no "database is locked" half-way through.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c statement_timeout=600000 -c lock_timeout=20000"
    }
    _password_file = SECRETS_DIR / "database_password"
    if not DATABASES["default"].get("PASSWORD") and _password_file.exists():
        DATABASES["default"]["PASSWORD"] = _password_file.read_text().strip()

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = "povedu.accounts.lockout.lockout_parameters"
AXES_CLIENT_IP_CALLABLE = "povedu.accounts.middleware.client_address"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # accounts.SignIn keeps the sign-ins
ADDRESS_FAILURE_LIMIT = 60  # over all names, within the cool-off
PASSWORD_REMINDER_DAYS = 90
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# Session: idle 30 minutes, 12 hours at most (povedu.accounts.middleware).
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 12 * 3600
PROXY_COUNT = env.int("POVEDU_PROXY_COUNT", default=0 if EMBEDDED else 1)
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "povedu.screens.errors.csrf_failed"
CSRF_COOKIE_SAMESITE = "Lax"

# Transport. Behind Caddy in production; plain HTTP on the loopback in embedded mode.
TLS = env.bool("POVEDU_TLS", default=not EMBEDDED)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
if TLS:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 365 * 86400
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Language and time.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Static files, all shipped with the project.
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("POVEDU_STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "media"

# Audit. The anchor remembers each head of the chain outside the database; put it on another disk.
ANCHOR_DIR = Path(env.str("POVEDU_ANCHOR_DIR", default=str(VAR_DIR / "anchor")))
REVEALS_PER_DAY = 200

# Uploads. Named in one place, shown to the person who runs into one.
INTAKE_LIMITS = {
    "file_bytes": 30 * 1024 * 1024,
    "unzipped_bytes": 400 * 1024 * 1024,
    "zip_ratio": 200,
    "zip_entries": 2000,
    "sheets": 50,
    "rows": 200_000,
    "columns": 256,
    "child_memory_bytes": 1024 * 1024 * 1024,
    "child_cpu_seconds": 120,
    "child_wall_seconds": 180,
}
# What one person may upload in a day, so that nobody fills the disk.
INTAKE_BYTES_PER_DAY = 1024 * 1024 * 1024
# An import that would change, or miss, more than this share of the known records, and at least so
# many, stops and asks somebody to answer for it; "" stands for every kind not named. Whom a full
# roster leaves out becomes a finding and loses nothing, so only one that lacks nearly all stops.
INTAKE_BREAKER = {
    "": {"changed": 0.5, "missing": 0.5, "at_least": 20},
    "roster": {"changed": 0.3, "missing": 0.9},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(VAR_DIR / "scratch")
FILE_UPLOAD_PERMISSIONS = 0o600
(VAR_DIR / "scratch").mkdir(exist_ok=True, mode=0o700)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Jobs: the row is the truth, the broker only wakes a worker.
CELERY_BROKER_URL = env.str("POVEDU_BROKER_URL", default="filesystem://localhost")
_redis_password = SECRETS_DIR / "redis_password"
if not EMBEDDED and "@" not in CELERY_BROKER_URL and _redis_password.exists():
    _secret = _redis_password.read_text().strip()
    CELERY_BROKER_URL = CELERY_BROKER_URL.replace("redis://", f"redis://:{_secret}@", 1)
CELERY_TASK_DEFAULT_QUEUE = env.str("POVEDU_QUEUE", default="povedu")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_TASK_TIME_LIMIT = 2 * 3600  # a hung pool child is killed; the sweeper takes its job on
JOB_LEASE_SECONDS = 60
JOB_LONGEST_TRANSACTION = 15 * 60  # seconds; SQLite's one writer keeps the heartbeat out so long
JOB_ATTEMPTS = 3
JOB_SWEEP_SECONDS = env.int("POVEDU_SWEEP_SECONDS", default=20)
JOB_FILE_DAYS = 7
LINKAGE_MODEL = env.str("POVEDU_LINKAGE_MODEL", default="")  # a county's own; "": the shipped one
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # The one static entry: which kinds are due is decided in the database (povedu.jobs.registry).
    "round": {
        "task": "povedu.jobs.round",
        "schedule": JOB_SWEEP_SECONDS,
        "options": {"expires": JOB_SWEEP_SECONDS},
    },
}
if CELERY_BROKER_URL.startswith("filesystem"):
    _queue = VAR_DIR / "queue"
    for _folder in ("messages", "processed", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.5,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 12 * 3600}

# The youngest and the oldest of school age, completed years on 31 August.
SCHOOL_AGE = (
    env.int("POVEDU_SCHOOL_AGE_FROM", default=6),
    env.int("POVEDU_SCHOOL_AGE_TO", default=15),
)
if not 0 < SCHOOL_AGE[0] < SCHOOL_AGE[1] < 25:
    raise ImproperlyConfigured("POVEDU_SCHOOL_AGE_FROM and _TO must be ages, the younger first")
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FILTERS_EMPTY_CHOICE_LABEL = _("全部")
DJANGO_TABLES2_TEMPLATE = "screens/table.html"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["povedu.accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["povedu.accounts.tokens.PolicyPermission"],
    "DEFAULT_PAGINATION_CLASS": "povedu.screens.api.StableCursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["povedu.screens.api.AllowListFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "povedu.screens.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("POVEDU_API_RATE", default="6000/hour")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "povedu",
    "DESCRIPTION": "Poverty-alleviation records of a county education bureau.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "povedu.api.describe_errors",
    ],
    # Where two lists have a field of one name over different choices.
    "ENUM_NAME_OVERRIDES": {
        "ProjectCategory": "schools.choices.ProjectCategory",
        "HardshipCategory": "students.choices.Hardship",
        "RegisterKind": "students.choices.RegisterKind",
        "ChangeKind": "students.choices.ChangeKind",
        "FundSource": "povedu.ledger.choices.FundSource",
        "FindingKind": "students.choices.FindingKind",
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "povedu.logs.FramesOnly",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("POVEDU_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line per request, at its end
configure_structlog()
SILENCED_SYSTEM_CHECKS: list[str] = []
