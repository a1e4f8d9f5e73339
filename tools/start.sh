#!/usr/bin/env bash
# One command from a fresh clone to a talking chatbot: its own virtual environment, the light install
# (no torch), the embedded Redis, the demo domain. Further arguments go to `chatbot serve`.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "需要 Python 3.11 或更新的版本 (Python 3.11 or newer is needed); 用 PYTHON=/路径/python3.11 指定。" >&2; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
stamp=.venv/.installed-serve
if [ ! -e "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  echo "正在安装 (installing)…" >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable .
  touch "$stamp"
fi
unset PYTHONDONTWRITEBYTECODE  # images often set it; each start would compile all it imports, which takes a second
exec .venv/bin/chatbot serve "$@"
