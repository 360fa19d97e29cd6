PY := .venv/bin
