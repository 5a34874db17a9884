# The run: look, decide, and where something differs close the daemon's writable directories, look again, repair,
# open. The agent's functions above do it all; the functions here replace the ones that talk to pulumi-chroot.
receive_file() { cp "$LIST" "$2" || { explain "$2 cannot be written (is the file system full?)"; exit 2; }; }
send_list() { [ "$1" != moved ] || xargs -0 -r sh "$SELF" +moved <"$REGISTRY/.names"; }
watch() { :; }
beat() { :; }
say() {
  case $1 in
    'unsafe '*) explain "its parent ${1#unsafe } is not root's alone: a user who may write there can replace the jail" ;;
    'absent '*) explain "there is no ${1#absent }" ;;
    'nodir '*) explain "${1#nodir } is no directory" ;;
    busy) explain 'another run is changing the jail' ;;
  esac
}

explain() { printf '%s: %s\n' "$JAIL" "$1" | tr -c '\040-\176\n' '?' >&2; }
refuse() { explain "$1"; exit 2; }

main() {
  TOP='' NEXT_TOP='' ZONED='' DEFERRED='' LACKING=''
  case ${1-} in +*) part "$@"; exit ;; esac
  CHECK='' ALL='' LIST='' FAILED='' BACK=''
  case ${1-} in
    -n | --check) CHECK=1 ;;
    --bring-back) BACK=${2:-.} ;;
  esac
  case $#:${1-} in
    0: | 1:-n | 1:--check | 2:--bring-back) ;;
    *) printf 'usage: %s [--check | --bring-back NAME]\n' "$0" >&2; exit 2 ;;
  esac
  [ "$(id -u)" -eq 0 ] || refuse 'only root may look at all of a jail, and repair it'
  [ -r /proc/self/mountinfo ] || refuse '/proc/self/mountinfo cannot be read: the mounts below the root are unknown'
  SELF=$(cd -P -- "$(dirname -- "$0")" && pwd)/${0##*/}
  [ -f "$SELF" ] || refuse 'run this as a file: sh permissions.sh'
  WORK=$(mktemp -d /tmp/permissions.XXXXXX) || exit 2
  trap 'exit 129' HUP INT TERM PIPE
  trap 'relax; rm -rf "$WORK"' EXIT
  [ -n "$BACK" ] || known_ids
  CAN_ACL='' CAN_CAPABILITIES=''
  if command -v getfacl >/dev/null && command -v setfacl >/dev/null; then CAN_ACL=1; fi
  if command -v getcap >/dev/null && command -v setcap >/dev/null; then CAN_CAPABILITIES=1; fi
  enter "${#JAIL}" '' <<EOF || refuse "cannot be entered: ${ERROR:-see above}"
$JAIL
EOF
  [ -n "$ENTERED" ] || exit 2
  if [ -n "$CHECK" ]; then registry "$REGISTRY_NAME" -s 10; else registry "$REGISTRY_NAME" -x 10; fi >/dev/null ||
    refuse "the registry cannot be locked: ${ERROR:-see above}"
  if [ -n "$BACK" ]; then
    bring_back "$BACK"
    tidy
    exit
  fi
  GONE=''
  export GONE WORK CHECK ALL CAN_ACL CAN_CAPABILITIES USER_IDS GROUP_IDS
  only=$CHECK
  left_closed
  [ -n "$only" ] || converge
  CHECK=1
  survey || FAILED=1
  [ -n "$only" ] || tidy
  left_over
  report "$only"
  [ -z "$FAILED" ]
}

# left_over: reports the leftovers of an interrupted run that a look would pass over.
left_over() {
  [ -z "$only" ] || [ ! -s "$WORK/left" ] ||
    fail "not finished: a run was cut short and has left directories closed to the daemon: run this without --check"
  [ ! -d "./$STAGING" ] || ! only_root_writes "$(stat -c %u:%a .)" ||
    fail "$STAGING: not checked: a run that was cut short has made it: check its contents, and remove it"
}

# part +decide|+linked ARGUMENT…: the entry point for xargs, which runs this file again.
part() {
  word=$1
  shift
  case $word in
    +linked) AGREED=$(cat "$WORK/agreed") && linked "$@"; return ;;
    +moved) moved_away "$@"; return ;;
  esac
  if [ -f "$WORK/top" ]; then TOP=$(cat "$WORK/top") && TOP=${TOP%.}; fi
  for one; do decide "$one"; done
  printf '%s.' "$TOP" >"$WORK/top"
}

# moved_away RECORD…: says under which names entries have been moved away, and which entries were left.
moved_away() {
  for record; do
    shown "${record#*.//}"
    what=$SHOWN
    shown "${record%%"$NEWLINE"*}"
    case $SHOWN in
      'moved '*) printf '%s: moved away; sh %s --bring-back %s brings it back\n' "$what" "$0" "${SHOWN#moved }" ;;
      'busy '*) printf '%s: left there, it is, or has below it, the working directory or root of process %s\n' "$what" "${SHOWN#busy }" >&2 ;;
    esac
  done
}

# known_ids: the numbers of all declared users and groups; numbers stand for themselves.
known_ids() {
  USER_IDS=' ' GROUP_IDS=' '
  for one in $USERS; do USER_IDS="$USER_IDS$one:$(number passwd "$one") "; done
  for one in $GROUPS_; do GROUP_IDS="$GROUP_IDS$one:$(number group "$one") "; done
  for one in $USER_IDS $GROUP_IDS; do
    [ -n "${one##*:}" ] || refuse "the host has no user or group \"${one%:}\": create it"
  done
}

number() {
  found=$(awk -F: -v name="$2" '$1 "" == name "" && $3 ~ /^[0-9]+$/ { print $3; exit }' "/etc/$1")
  if [ -z "$found" ]; then
    case $2 in
      *[!0-9]*) found=$(getent "$1" "$2" 2>/dev/null | cut -d: -f3) ;;
      *) found=$(printf %s "$2" | sed 's/^0*\(.\)/\1/') ;;
    esac
  fi
  printf %s "$found"
}

# survey: looks, and decides about every entry; fails with 1 where the jail is never seen as a whole.
survey() {
  why='it changes faster than it can be looked at'
  for try in 1 2 3 4; do
    set +f
    rm -f "$WORK"/*.* "$WORK/zone" "$WORK/all" "$WORK/todo" "$WORK/keys" "$WORK/linked" "$WORK/acl" "$WORK/powers" \
      "$WORK/make" "$WORK/replace" "$WORK/top" "$WORK/differs" "$WORK/failed" "$WORK/noted" "$WORK/lacking"
    set -f
    if read_all; then
      GONE=''
      required
      cat "$WORK/names" | xargs -0 -r sh "$SELF" +decide 3<"$WORK/lines" || return 1
      hidden
      [ ! -f "$WORK/keys" ] || agree
      return 0
    fi
    # An open jail changes all the time: a closed one does not.
    if [ "$try" = 3 ] && [ -z "$CHECK" ]; then close_all || return 1; fi
  done
  fail "not checked: $why"
  return 1
}

# read_all: writes the names of all entries and, in the same order, the facts about each; fails with 1 where they are
# incomplete. Names go to xargs through a pipe, as in run_on_list.
read_all() {
  read_mounts
  : >"$WORK/errors" || full
  expect_all walk '(' -type f -o -type d -o -type b -o -type c ')' -print0 2>>"$WORK/errors" >"$WORK/names" ||
    echo cut >>"$WORK/errors"
  grep -v ': No such file or directory$' "$WORK/errors" | tr -c '\040-\176\n' '?' >"$WORK/unread"
  if grep -qx cut "$WORK/unread"; then
    why='the process that looks at it was killed (out of memory?)'
    return 1
  fi
  sed 's/^/not checked: /' "$WORK/unread" >>"$WORK/failed" || full
  cat "$WORK/names" | xargs -0 -r stat -c '%f %u %g %h %d:%i' -- >"$WORK/ids" 2>/dev/null || return 1
  acls='' powers=''
  if [ -n "$CAN_ACL" ]; then
    acls=$WORK/acls
    cat "$WORK/names" | xargs -0 -r getfacl -PcpnE -- 2>"$WORK/errors" | awk '
      function end() {
        if (lines) print (access || inherited) ? "," (access ? own "," : "") list : "-"
        lines = access = inherited = 0
        list = ""
      }
      /^$/ { end(); next }
      { lines++ }
      /^(user|other)::/ { next }
      /^group::/ { own = $0; next }
      /^mask::/ { access = 1; next }
      /^default:/ { inherited = 1; list = list $0 ","; next }
      { access = 1; list = list $0 "," }
      END { end() }' >"$acls"
  fi
  if [ -n "$CAN_CAPABILITIES" ]; then
    powers=$WORK/caps
    # Only on a file system without capabilities can getcap tell nothing of a file.
    cat "$WORK/names" | xargs -0 -r -n 1000 sh -c '
      if told=$(getcap "$@" 2>&1) && [ -z "$told" ]; then for path; do echo -; done; exit; fi
      for path; do
        told=$(getcap "$path" 2>&1)
        case $?:$told in
          0: | *:"Failed to get capabilities of file"*"(Operation not supported)") echo - ;;
          0:*" "*cap_* | 0:*" "*=*) echo + ;;
          *) printf "!%s\n" "$(printf %s "$told" | tr -c "\041-\176" _ | cut -c1-100)" ;;
        esac
      done' sh >"$powers"
  fi
  if mounts_changed; then
    why='something is mounted or unmounted there all the time'
    return 1
  fi
  awk -v table="$WORK/table" -v acls="$acls" -v powers="$powers" '
    BEGIN { while ((getline < table) > 0) if (!($1 in opened)) opened[$1] = $3 ":" $4 }
    { acl = power = "-"
      if (acls != "" && (getline acl <acls) < 1) bad = 1
      if (powers != "" && (getline power <powers) < 1) bad = 1
      print $0, acl, power, $5 in opened ? opened[$5] : "-" }
    END { if (acls != "" && (getline acl <acls) > 0) bad = 1; exit bad }' "$WORK/ids" >"$WORK/lines" || { acl_problem; return 1; }
  ! mounts_changed || { why='something is mounted or unmounted there all the time' && return 1; }
}

# acl_problem: sets why to the complaint of getfacl, unless it is about an entry that has gone.
acl_problem() {
  told=$(grep -v ': No such file or directory$' "$WORK/errors" | head -n 1 | tr -c '\040-\176\n' '?' | cut -c1-200)
  [ -z "$told" ] || why=$told
}

# hidden: reports a mount that hides a declared path.
hidden() {
  for point in $MOUNTS; do
    if path_below_root "$point"; then path=$BELOW; else continue; fi
    if excluded || ours; then continue; fi
    shown "$path"
    IFS=/
    split_depth
    if claimed; then
      fail "$SHOWN: not checked: a mount that no resource declares hides the declared entries at this path and below it"
    else
      printf '%s: a mount point that no resource declares is left alone\n' "$SHOWN" >>"$WORK/noted" || full
    fi
  done
}
