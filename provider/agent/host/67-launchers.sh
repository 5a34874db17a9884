# launchers UID [KEPT]: tells the host's features that a launcher for this user could rely on.
launchers() {
  send_lines lacks lacks "$2"
  # As sd_booted(3) has it.
  if [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then say systemd; fi
  # Members of groups are listed by name, and musl has no such list; then nothing is said.
  name=$(id -nu -- "$1" 2>/dev/null) && say "groups $(getent initgroups "$name" 2>/dev/null)"
  return 0
}
