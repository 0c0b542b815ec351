"""Follow docs/how-to/deploy.md word for word on this machine, in namespaces that leave nothing behind, and time it.

    python buildtools/follow_deploy.py WHEEL

Runs the commands of sections 1 to 5 and of the backup. Needs root, Linux, nginx, PostgreSQL of Debian or Ubuntu
(``pg_ctlcluster``), openssl and runuser. /etc, /opt, /run, /var/lib and /var/log are overlays that are thrown away, the
network of all but the first section is a loopback of its own. There is no service manager: a stand-in for ``systemctl``
starts what the unit says, as its user and with its environment; what the unit forbids is not enforced. Passwords are
typed by the program.

Prints the seconds after which each section was done. Status 1 when a command failed, 2 when something is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "how-to" / "deploy.md"
HOST = "desk.test"
NEEDED = ("unshare", "nginx", "pg_ctlcluster", "openssl", "runuser", "sudo", "curl", "ip")
PASSWORD = "a sentence to remember"  # of a workspace that lives for a minute

SYSTEMCTL = """#!/bin/bash
# Stands in for systemctl: only what the guide asks of it.
unit=/etc/systemd/system/vedette.service
say() { sed -n "s/^$1=//p" $unit; }
case "$1 $2 $3" in
  "daemon-reload "*) ;;
  "enable --now vedette"|"restart vedette ")
    [ -f /run/vedette.pid ] && kill -INT $(cat /run/vedette.pid) && sleep 2
    install -d -o "$(say User)" -g "$(say User)" -m "$(say StateDirectoryMode)" "/var/lib/$(say StateDirectory)"
    set -a; . "$(say EnvironmentFile)"; for pair in $(say Environment); do export "$pair"; done; set +a
    runuser -u "$(say User)" -- bash -c "cd $(say WorkingDirectory) && exec $(say ExecStart)" >$LOG 2>&1 &
    for _ in $(seq 100); do curl -fs -o /dev/null http://127.0.0.1:8620/healthz && break; sleep 0.1; done
    pgrep -u "$(say User)" -f 'vedette serve' | tail -1 > /run/vedette.pid ;;
  "reload nginx "*) nginx ;;
  *) echo "systemctl $*: not of the guide" >&2; exit 1 ;;
esac
"""

AROUND = """set -euo pipefail
mount -t tmpfs none {work}/over
for d in etc opt run var/lib var/log; do
  mkdir -p {work}/over/$d.up {work}/over/$d.work
  mount -t overlay overlay -o lowerdir=/$d,upperdir={work}/over/$d.up,workdir={work}/over/$d.work /$d
done
# The system's own Python: one in the home of root is closed to the user of the service.
export PATH={work}/bin:/usr/sbin:/usr/bin:/sbin:/bin LOG={work}/serve.log PIP_QUIET=2
export CURL_CA_BUNDLE=/etc/ssl/vedette/fullchain.pem
unset DATABASE_URL VEDETTE_HOME VEDETTE_DATA
cd {work}
began=$(date +%s.%N)
took() {{ printf '%6.1f s  %s\\n' "$(echo "$(date +%s.%N) - $began" | bc)" "$1"; }}
"""

INSIDE = """set -euo pipefail
stop() {{
  if [ -f /run/vedette.pid ]; then
    kill -INT $(cat /run/vedette.pid) || true
    for _ in $(seq 100); do kill -0 $(cat /run/vedette.pid) 2>/dev/null && sleep 0.1; done
  fi
  nginx -s quit 2>/dev/null || true
  pg_ctlcluster {cluster} stop -m fast || true
}}
trap stop EXIT
ip link set lo up
echo "127.0.0.1 {host}" >> /etc/hosts
took() {{ printf '%6.1f s  %s\\n' "$(echo "$(date +%s.%N) - $began" | bc)" "$1"; }}
# What a machine with PostgreSQL and a certificate has already. A cluster that is thrown away: nothing of it is kept.
pg_createcluster --port 5432 {cluster} >/dev/null
pg_ctlcluster {cluster} start
install -d -m 0700 /etc/ssl/vedette
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={host} -addext subjectAltName=DNS:{host} \\
  -keyout /etc/ssl/vedette/privkey.pem -out /etc/ssl/vedette/fullchain.pem 2>/dev/null
PASSWORD=$(openssl rand -hex 24)
"""


def sections(text: str) -> dict[str, list[str]]:
    """Heading: its fenced blocks, in order."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found[title.strip()] = re.findall(r"^```\n(.*?)^```", body, flags=re.MULTILINE | re.DOTALL)
    return found


def typed(block: str) -> str:
    """The block as a person types it: their host name, and passwords where one is asked for."""
    block = block.replace("YOUR.HOST", HOST)
    if block.startswith("DATABASE_URL="):
        return f"cat >> /etc/vedette/env <<END\n{block.replace('PASSWORD', '$PASSWORD')}END\n"
    lines = []
    for line in block.splitlines():
        if "--pwprompt" in line:
            lines.append(f"printf '%s\\n%s\\n' $PASSWORD $PASSWORD | setsid -w {line} 2>/dev/null")
        elif "account add" in line:
            lines.append(f"echo '{PASSWORD}' | {line}")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> int:
    """See the module."""
    missing = [name for name in NEEDED if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None]
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        print(__doc__, file=sys.stderr)
        return 2
    if missing or os.geteuid():
        print(f"needs root and: {', '.join(NEEDED)}; missing: {', '.join(missing) or 'root'}", file=sys.stderr)
        return 2
    blocks = sections(GUIDE.read_text(encoding="utf-8"))
    first, *rest = (t for t in blocks if t[0].isdigit())
    versions = sorted((p.name for p in Path("/usr/lib/postgresql").iterdir()), key=int)
    with tempfile.TemporaryDirectory(prefix="vedette-deploy-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        for name in ("over", "bin", "dist"):
            (work / name).mkdir()
        shutil.copytree(ROOT / "deploy", work / "deploy")
        shutil.copy(sys.argv[1], work / "dist")
        (work / "bin" / "systemctl").write_text(SYSTEMCTL)
        (work / "bin" / "systemctl").chmod(0o755)
        inside = INSIDE.format(host=HOST, cluster=f"{versions[-1]} vedettetrial")
        for title in (*rest, "Backup and upgrade"):
            inside += "".join(typed(b) for b in blocks[title]) + f"took '{title}'\n"
        (work / "inside.sh").write_text(inside)
        around = AROUND.format(work=work) + "".join(typed(b) for b in blocks[first]) + f"took '{first}'\n"
        around += f"export began\nunshare -n bash {work}/inside.sh\n"
        (work / "around.sh").write_text(around)
        done = subprocess.run(["unshare", "-m", "bash", str(work / "around.sh")], check=False, timeout=1200)
        if done.returncode and (work / "serve.log").is_file():
            print((work / "serve.log").read_text()[-2000:], file=sys.stderr)
    return 1 if done.returncode else 0


if __name__ == "__main__":
    raise SystemExit(main())
