# The run: look, decide, and where something differs close what the daemon may write in, look again, repair, open. All of it
# with the agent's own functions above; these take the place of those that talk to pulumi-chroot.
stage() { cp "$STAGED" "$2" || { explain "$2 cannot be written (is the file system full?)"; exit 2; }; }
told() { :; }
watch() { :; }
beat() { :; }
say() {
  case $1 in
    'unsafe '*) explain "its parent ${1#unsafe } is not root's alone: who may write there can replace the jail" ;;
    'absent '*) explain "there is no ${1#absent }" ;;
    'nodir '*) explain "${1#nodir } is no directory" ;;
    busy) explain 'another run is changing the jail' ;;
  esac
}

explain() { printf '%s: %s\n' "$JAIL" "$1" | tr -c '\040-\176\n' '?' >&2; }
refuse() { explain "$1"; exit 2; }

main() {
  TOP='' NEXT_TOP='' ZONED='' DEFERRED=''
  case ${1-} in +decide | +linked) part "$@"; exit ;; esac
  CHECK='' ALL='' STAGED='' FAILED=''
  case ${1-} in
    -n | --check) CHECK=1 ;;
    '') ;;
    *) printf 'usage: %s [--check]\n' "$0" >&2; exit 2 ;;
  esac
  [ "$(id -u)" -eq 0 ] || refuse 'only root may look at all of a jail, and repair it'
  [ -r /proc/self/mountinfo ] || refuse '/proc/self/mountinfo cannot be read: nobody knows what is mounted below'
  SELF=$(cd -P -- "$(dirname -- "$0")" && pwd)/${0##*/}
  [ -f "$SELF" ] || refuse 'run this as a file: sh permissions.sh'
  WORK=$(mktemp -d /tmp/permissions.XXXXXX) || exit 2
  trap 'exit 129' HUP INT TERM PIPE
  trap 'relax; rm -rf "$WORK"' EXIT
  known_ids
  CAN_ACL='' CAN_CAPABILITIES=''
  if command -v getfacl >/dev/null && command -v setfacl >/dev/null; then CAN_ACL=1; fi
  if command -v getcap >/dev/null && command -v setcap >/dev/null; then CAN_CAPABILITIES=1; fi
  enter "${#JAIL}" '' <<EOF || refuse "cannot be entered: ${ERROR:-see above}"
$JAIL
EOF
  [ -n "$ENTERED" ] || exit 2
  if [ -n "$CHECK" ]; then registry "$REGISTRY_NAME" -s 10; else registry "$REGISTRY_NAME" -x 10; fi >/dev/null ||
    refuse "the registry cannot be locked: ${ERROR:-see above}"
  GONE=''
  export GONE WORK CHECK ALL CAN_ACL CAN_CAPABILITIES USER_IDS GROUP_IDS
  only=$CHECK
  left_closed
  [ -n "$only" ] || converge
  CHECK=1
  survey || FAILED=1
  report "$only"
  [ -n "$only" ] || tidy
  [ -z "$FAILED" ]
}

# part +decide|+linked ARGUMENT…: what xargs runs this file for.
part() {
  word=$1
  shift
  if [ "$word" = +linked ]; then
    AGREED=$(cat "$WORK/agreed")
    linked "$@"
    return
  fi
  if [ -f "$WORK/top" ]; then TOP=$(cat "$WORK/top") && TOP=${TOP%.}; fi
  for one; do decide "$one"; done
  printf '%s.' "$TOP" >"$WORK/top"
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

# survey: looks, and decides about everything; 1 where it is never seen as a whole.
survey() {
  for try in 1 2 3 4; do
    set +f
    rm -f "$WORK"/*.* "$WORK/zone" "$WORK/all" "$WORK/todo" "$WORK/keys" "$WORK/linked" "$WORK/acl" "$WORK/powers" \
      "$WORK/make" "$WORK/replace" "$WORK/top" "$WORK/differs" "$WORK/failed"
    set -f
    if read_all; then
      GONE=''
      required
      cat "$WORK/names" | xargs -0 -r sh "$SELF" +decide 3<"$WORK/lines" || return 1
      [ ! -f "$WORK/keys" ] || agree
      return 0
    fi
    # It changes all the time: a closed one does not.
    if [ "$try" = 3 ] && [ -z "$CHECK" ]; then close_all || return 1; fi
  done
  fail 'it changes faster than it can be looked at'
  return 1
}

# read_all: names (through pipes, see over), and in the same order what there is to know of each.
read_all() {
  mounted
  walk 100 '(' -type f -o -type d ')' -print0 2>"$WORK/errors" |
    xargs -0 -r sh -c 'for path; do
      if [ "${#path}" -lt 4000 ]; then printf "%s\0" "$path"; else echo "a path of more than 4,000 bytes: left alone" >>"$0"; fi
    done' "$WORK/failed" >"$WORK/names"
  grep -v 'No such file or directory' "$WORK/errors" | tr -c '\040-\176\n' '?' >>"$WORK/failed"
  [ -z "$(walk 101 -mindepth 101 -print 2>/dev/null | head -n 1)" ] ||
    fail 'directories are nested more than 100 deep: what is below is left alone'
  cat "$WORK/names" | xargs -0 -r stat -c '%f %u %g %h %d:%i' -- >"$WORK/ids" 2>/dev/null || return 1
  acls='' powers=''
  if [ -n "$CAN_ACL" ]; then
    acls=$WORK/acls
    cat "$WORK/names" | xargs -0 -r getfacl -PcpnE -- 2>/dev/null | awk '
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
    cat "$WORK/names" | xargs -0 -r -n 1000 sh -c 'if [ -z "$(getcap "$@" 2>/dev/null)" ]; then for path; do echo -; done
      else for path; do if [ -n "$(getcap "$path" 2>/dev/null)" ]; then echo +; else echo -; fi; done; fi' sh \
      >"$powers"
  fi
  awk -v table="$WORK/table" -v acls="$acls" -v powers="$powers" '
    BEGIN { while ((getline < table) > 0) if (!($1 in opened)) opened[$1] = $3 ":" $4 }
    { acl = power = "-"
      if (acls != "" && (getline acl <acls) < 1) bad = 1
      if (powers != "" && (getline power <powers) < 1) bad = 1
      print $0, acl, power, $5 in opened ? opened[$5] : "-" }
    END { if (acls != "" && (getline acl <acls) > 0) bad = 1; exit bad }' "$WORK/ids" >"$WORK/lines"
}
