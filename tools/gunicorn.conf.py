"""Web server: a few processes with threads; uploads are spooled to disk, never held in memory."""

import os

workers = int(os.environ.get("POVEDU_WEB_WORKERS", "2"))
threads = int(os.environ.get("POVEDU_WEB_THREADS", "4"))
worker_class = "gthread"
timeout = 120
graceful_timeout = 20
keepalive = 5
max_requests = 5000  # a slow leak never grows old
max_requests_jitter = 500
preload_app = False
limit_request_line = 4094
forwarded_allow_ips = os.environ.get("POVEDU_PROXY", "127.0.0.1")
control_socket_disable = True
accesslog = None  # the proxy keeps one, without query strings
errorlog = "-"
loglevel = "warning"
