#!/usr/bin/env bash
# One command from a fresh clone to a verdict: its own virtual environment with all extras (CPU torch pinned),
# the style and type checks, every test. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
[ -x .venv/bin/python ] || "$python" -m venv .venv
stamp=.venv/.installed-all
if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  echo "installing all extras…" >&2
  # torch first and alone: a range elsewhere must find this very build, not a CUDA one; its bytecode is left to the
  # first import, of the few modules that are imported
  .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check torch==2.13.0
  .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --editable '.[train,dev,onnx,ner,vision,explain]'
  touch "$stamp"
fi
# a real PostgreSQL for the store's tests, where packages can be installed; without it they are skipped, with the reason
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing postgresql…" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql; } \
    >/dev/null 2>&1 || echo "postgresql could not be installed; its tests are skipped" >&2
fi
export OMP_NUM_THREADS=1 HF_HUB_OFFLINE=1
# images often set it; each of the many services that the tests start would compile all it imports then, torch included
unset PYTHONDONTWRITEBYTECODE
.venv/bin/python -m ruff check .
.venv/bin/python -m ruff format --check .
# the types are checked beside the first tests, which wait for servers and browsers more than they compute
types=$(mktemp)
trap 'rm -f "$types"' EXIT
nice .venv/bin/python -m mypy chatbot tools >"$types" 2>&1 &
checking=$!
# two processes: most tests wait for a server or a browser of their own. Files in the order of their names: xdist would
# begin with those of many tests and be left with the few long ones, one process waiting for the other
status=0
.venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$@" || status=$?
wait "$checking" || { cat "$types" >&2; status=1; }
exit "$status"
