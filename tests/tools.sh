#!/bin/bash
# What the tests need besides Python: installs what is missing (Debian, as root), or says it.
set -euo pipefail

missing=()
need() { # need PACKAGE TEST…: the package is missing if the test fails
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_postgres() { command -v postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres'; }
has_chinese_font() { fc-list :lang=zh family | grep -q .; }
has_faketime() { compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1'; }
has_mosquitto() { command -v mosquitto || test -x /usr/sbin/mosquitto; }

need chromium command -v chromium
need fonts-noto-cjk has_chinese_font
need postgresql has_postgres
need mosquitto has_mosquitto
need redis-server command -v redis-server
need libfaketime has_faketime
need nodejs command -v node

[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "测试缺少以下工具，请安装。/ The tests need these tools, please install them: apt install ${missing[*]}" >&2
    exit 1
fi
# The packages of Debian start their servers when they are installed; the tests run their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}"
