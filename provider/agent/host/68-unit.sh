# Finds everything beside its file in /etc/systemd/system that changes a unit (systemd.unit(5)): units of the same
# name that come first, and drop-ins.

# systemd looks for units there; the first one counts.
UNITS='/etc/systemd/system.control /run/systemd/system.control /run/systemd/transient /run/systemd/generator.early /etc/systemd/system
/etc/systemd/system.attached /run/systemd/system /run/systemd/system.attached /run/systemd/generator /usr/local/lib/systemd/system
/usr/lib/systemd/system /lib/systemd/system /run/systemd/generator.late'

# overrides UNIT: tells each file that changes it, in the order in which systemd takes them.
overrides() {
  shown=' ' names=' ' own=/etc/systemd/system/$1
  for folder in $UNITS; do
    [ "$folder" != /etc/systemd/system ] || break
    [ ! -e "$folder/$1" ] && [ ! -L "$folder/$1" ] || { say "override $folder/$1"; shown="$shown$folder/$1 "; }
  done
  for name in "$1" $(aliases "$1"); do
    for folder in $UNITS; do
      say_dropins "$folder/$name.d"
      stem=${name%.*}
      while :; do
        stem=${stem%-}
        case $stem in *-*) stem=${stem%-*}- ;; *) break ;; esac
        say_dropins "$folder/$stem.${name##*.}.d"
      done
    done
  done
  for folder in $UNITS; do say_dropins "$folder/${1##*.}.d"; done
  say_loaded "$1"
}

# aliases UNIT: prints other names that links give it.
aliases() {
  set +f
  for folder in $UNITS; do
    for link in "$folder"/*."${1##*.}"; do
      case ${link##*/} in *[!A-Za-z0-9:_.@-]*) continue ;; esac
      [ ! -L "$link" ] || [ ! "$link" -ef "/etc/systemd/system/$1" ] || printf '%s\n' "${link##*/}"
    done
  done
}

# say_dropins DIRECTORY: tells the drop-ins. Only the first file of a name counts; an empty one, or a link to
# /dev/null, hides the others.
say_dropins() {
  set +f
  set -- "$1"/*.conf
  set -f
  for file; do
    [ -e "$file" ] || continue
    case $names in *" ${file##*/} "*) continue ;; esac
    names="$names${file##*/} "
    is_change "$file" || continue
    say "dropin $file"
    shown="$shown$file "
  done
}

# is_change FILE: tells whether a drop-in says more than a time limit, which distributions set for all services.
is_change() { [ -s "$1" ] && grep -qvE '^[[:space:]]*([#;].*|\[[A-Za-z]+\]|Timeout[A-Za-z]*[[:space:]]*=.*[^\])?$' "$1"; }

# say_loaded UNIT: tells the files that systemd itself has read for it, where it runs.
say_loaded() {
  [ -d /run/systemd/system ] && command -v systemctl >/dev/null || return 0
  timeout 5 systemctl show --property=FragmentPath --property=DropInPaths -- "$1" 2>/dev/null | while IFS= read -r line; do
    case $line in FragmentPath=*) word=override ;; DropInPaths=*) word=dropin ;; *) continue ;; esac
    for file in ${line#*=}; do
      case $shown in *" $file "*) continue ;; esac
      [ ! "$file" -ef "$own" ] && { [ ! -e "$file" ] || is_change "$file"; } || continue
      say "$word $file"
    done
  done
  return 0
}
