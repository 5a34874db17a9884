# One entry at a time: what there is to do, as lists in $WORK for the commands that do it.

# shown NAME: a name as one line without anything that a terminal would act on.
shown() {
  case $1 in
    *[!\ -~]* | *\\*) ;;
    *) SHOWN=$1; return ;;
  esac
  SHOWN=''
  for byte in $(printf %s "$1" | od -An -v -to1); do
    case $byte in
      134) SHOWN="$SHOWN\\\\" ;;
      0[4-7]? | 1[0-6]? | 17[0-6]) SHOWN=$SHOWN$(printf "\\$byte.") && SHOWN=${SHOWN%.} ;;
      *) SHOWN="$SHOWN\\$byte" ;;
    esac
  done
}

fail() { printf '%s\n' "$1" >>"$WORK/failed" || full; }
# A list that was cut names other paths.
put_on() { printf '%s\0' "$2" >>"$WORK/$1" && : >>"$WORK/todo" || full; }
full() { refuse "$WORK cannot be written (is it full?)"; }

# is_hot UID MODE: whether users other than root may rename the entries of a directory.
is_hot() { [ "$1" -ne 0 ] || [ $(($2 & 18)) -ne 0 ]; }

# decide ENTRY: its line on descriptor 3 is "mode uid gid links device:inode acl capabilities opened": opened is the
# "uid:gid:mode" that a directory closed for this run gets back, and counts as its present fields.
decide() {
  read -r raw uid gid links inode acl capabilities opened <&3 || exit 255
  path=${1#.//}
  [ -n "$path" ] || path=.
  mode=$((0x$raw & 4095))
  case $((0x$raw & 61440)) in
    32768) type=file ;;
    16384) type=directory ;;
    *) device; return ;;
  esac
  [ "${#1}" -lt $((2 * DEEPEST)) ] || not_entered "$1"
  below_top
  # A file in the place of a directory is moved away as it is.
  if [ "$type" = file ]; then case $NEWLINE$GONE in *"$NEWLINE$path$NEWLINE"*) return 0 ;; esac; fi
  real_uid=$uid real_gid=$gid real_mode=$mode
  NEXT_TOP=$TOP
  if [ -z "$TOP" ] && [ "$type" = directory ] && is_hot "$uid" "$mode"; then NEXT_TOP=$path; fi
  if [ "$opened" != - ]; then
    uid=${opened%%:*} mode=$((0${opened##*:}))
    gid=${opened#*:}
    gid=${gid%:*}
  fi
  to_uid=$uid to_gid=$gid to_mode=$mode to_acl=- to_capabilities=- close=- owned=- set_mode=-
  if ! excluded && compose && ! moved_there && wanted && differs; then
    name_difference
    # Entries made in an open directory before it is changed have to be looked at too: it is closed first.
    if [ -n "$NEXT_TOP" ] && [ -z "$CHECK" ]; then zoned "$NEXT_TOP"; else repair "$1"; fi
  fi
  [ "$opened" = - ] || [ -n "$DEFERRED" ] || open_later "$1"
  DEFERRED=''
  TOP=$NEXT_TOP
}

# below_top: sets TOP to the topmost directory above the entry that users other than root may write in. find prints a
# directory's entries right after the directory.
below_top() {
  case $TOP in
    '') return ;;
    .) [ "$path" = . ] || return 0 ;;
    *) case $path in "$TOP"/*) return ;; esac ;;
  esac
  TOP=''
}

# moved_there: whether the entry is the quarantine or lies in it: moved entries stay as they are, and the directory
# has to be root's alone.
moved_there() {
  case $path in
    "$QUARANTINE"/*) return 0 ;;
    "$QUARANTINE") [ "$type" != directory ] || { to_uid=0 want_owner='' want_group='' want_mode=448 want_special='' want_acl=''; } ;;
  esac
  return 1
}

zoned() {
  if [ "$links" -gt 1 ] && [ "$type" = file ]; then : >"$WORK/all" || full; fi
  [ "$ZONED" != "$1" ] || return 0
  if [ "$1" = . ]; then printf './/\0'; else printf './/%s\0' "$1"; fi >>"$WORK/zone" || full
  ZONED=$1
}

# wanted: sets the declared fields: the mode bits under mask have to equal want; ids, ACL and capabilities are in
# to_….
wanted() {
  want=0 mask=0 ACL='' ACCESS=''
  if [ -n "$CLASH" ]; then
    shown "$path"
    fail "$SHOWN: rules of the same order want different values for its $CLASH: left alone"
    return 1
  fi
  case " $want_owner $want_group $want_mode $want_special $want_acl $want_capabilities " in
    *' ? '*)
      shown "$path"
      fail "$SHOWN: not checked: a resource sets one of its fields to a value that was unknown when this script was written: run pulumi up"
      ;;
  esac
  [ "$type" = directory ] || trusted || return 1
  case $want_owner in '' | '*' | '?') ;; *) id_of "$USER_IDS" "$want_owner" && to_uid=$ID ;; esac
  case $want_group in '' | '*' | '?') ;; *) id_of "$GROUP_IDS" "$want_group" && to_gid=$ID ;; esac
  case $want_mode in
    '' | '?') ;;
    '*') [ -n "$want_special" ] || mask=3072 ;;
    *) want=$want_mode mask=511 && { [ -n "$want_special" ] || mask=4095; } ;;
  esac
  case $want_acl in
    '' | '*' | '?') ;;
    *)
      if [ -z "$CAN_ACL" ]; then lacking "$want_acl" 'ACLs are not checked: this host has no getfacl and setfacl: install acl'
      elif [ "$want_acl:$acl" != -:- ]; then acl_wanted
      fi
      ;;
  esac
  case $want_special in '' | '*' | '?') ;; *) want=$((want | want_special)) mask=$((mask | 3584)) ;; esac
  case $want_capabilities:$CAN_CAPABILITIES in
    '':* | '*':* | '?':*) ;;
    *:) lacking "$want_capabilities" 'File capabilities are not checked: this host has no getcap and setcap: install libcap' ;;
  esac
  return 0
}

acl_wanted() {
  case $want_mode in
    '' | '*' | '?') group_bits "$acl" "$mode" && acl_for "$want_acl" $((mode & ~56 | BITS << 3)) ;;
    *) acl_for "$want_acl" "$want_mode" ;;
  esac
  [ $((mask & 56)) -eq 0 ] || want=$((want & ~56 | MASK << 3))
}

# differs: tells whether the entry differs, and sets the repair: close, owned, to_acl, set_mode, to_capabilities, '-'
# for none.
differs() {
  was_acl=$acl
  [ "$was_acl" != - ] || was_acl=,
  [ -z "$ACL" ] || same_acl "$ACL" "$was_acl" || to_acl=$ACL
  lost=''
  case $want_capabilities:$capabilities in
    '':* | '*':* | '?':* | -:-) ;;
    *:!*) untold "$capabilities" ;;
    -:*) to_capabilities=none ;;
    *)
      if [ -n "$CAN_CAPABILITIES" ]; then
        lost=$want_capabilities
        setcap -q -v "$want_capabilities" ".//$path" >/dev/null 2>&1 || to_capabilities=$want_capabilities
      fi
      ;;
  esac
  if [ "$to_uid:$to_gid" = "$uid:$gid" ] && [ $((mode & mask)) -eq "$want" ] && [ "$to_acl$to_capabilities" = -- ]; then
    return 1
  fi
  after=$mode
  if [ "$to_uid:$to_gid" != "$uid:$gid" ]; then
    owned=$to_uid:$to_gid
    # chown takes setuid, setgid and capabilities from a file; the declared ones are put back.
    if [ "$type" = file ]; then
      case $want_special in '' | '*' | '?') after=$((after & ~3072)) ;; *) after=$((after & ~3072 | want_special & mode)) ;; esac
    fi
    [ "$to_capabilities" != none ] || to_capabilities=-
    [ -z "$lost" ] || to_capabilities=$lost
  fi
  if [ "$to_acl" != - ] && [ -z "$ACCESS" ]; then group_bits "$acl" "$after" && after=$((after & ~56 | BITS << 3)); fi
  to_mode=$((after & ~mask | want))
  kept=$mode
  [ "$owned" = - ] || [ "$type" = directory ] || kept=$((mode & ~3072))
  if [ "$owned$to_acl" != -- ]; then
    both=$((mode & to_mode))
    # Between a new owner and a new ACL the old ACL holds for the new owner.
    [ "$owned" = - ] || [ "$to_acl" = - ] || both=$((both & 4032))
    [ "$both" -eq "$mode" ] || close=$both
  fi
  # The former owner may have changed the mode since the look; and an ACL is set with a closed mask.
  if [ "$to_mode" -ne "$kept" ] || [ "$to_acl" != - ]; then set_mode=$to_mode; fi
  if [ "$owned" != - ] && [ "$uid" -ne 0 ]; then set_mode=$to_mode; fi
  return 0
}

name_difference() {
  shown "$path"
  line=$(printf '%s: %s:%s %04o' "$SHOWN" "$uid" "$gid" "$mode")
  [ "$to_acl" = - ] || line="$line acl:${was_acl#,}"
  line=$(printf '%s => %s:%s %04o' "$line" "$to_uid" "$to_gid" "$to_mode")
  [ "$to_acl" = - ] || line="$line acl:${to_acl#,}"
  [ "$to_capabilities" = - ] || line="$line capabilities: $to_capabilities"
  printf '%s\n' "$line" >>"$WORK/differs" || full
}

# repair ENTRY: a directory that others may write in afterwards is opened at the very end (see 50-seal): until then it is root's.
repair() {
  if [ "$type" = directory ] && { [ "$opened" != - ] || is_hot "$to_uid" "$to_mode"; }; then
    open_later "$1"
    closed=$((to_mode & ~18)) close=- owned=- set_mode=-
    [ "$real_uid:$real_gid" = "0:$to_gid" ] || owned=0:$to_gid
    both=$((real_mode & closed))
    [ "$owned" = - ] || [ "$to_acl" = - ] || both=$((both & 4032))
    if [ "$owned$to_acl" != -- ] && [ "$both" -ne "$real_mode" ]; then close=$both; fi
    if [ "$real_mode" -ne "$closed" ] || [ "$owned$to_acl" != -- ]; then set_mode=$closed; fi
    DEFERRED=1
  fi
  if [ "$type" = file ] && [ "$links" -gt 1 ]; then
    # The names of one inode have to be in the jail, all of them, and to have equal declarations.
    if [ -z "$CHECK" ] && [ -z "$ALL" ]; then
      : >"$WORK/all" || full
      return 0
    fi
    key=$inode/$links/$to_uid:$to_gid/$to_mode/$to_acl/$to_capabilities
    printf '%s\n' "$key" >>"$WORK/keys" &&
      printf '%s\0' "$key" "$1" "$close" "$owned" "$to_acl" "$set_mode" "$to_capabilities" >>"$WORK/linked" || full
    return 0
  fi
  [ -n "$CHECK" ] || emit "$1" "$close" "$owned" "$to_acl" "$set_mode" "$to_capabilities"
}

# open_later ENTRY: notes the fields that a directory gets at the end; the deepest ones come first.
open_later() {
  printf '%s %s %s:%s %o %s\0' "$inode" "$depth" "$to_uid" "$to_gid" "$to_mode" "$1" >>"$WORK/plan.$((1000 + depth))" || full
}

# emit ENTRY CLOSE OWNED ACL MODE CAPABILITIES. Modes have five digits: GNU chmod keeps a directory's setgid bit for four.
emit() {
  [ "$2" = - ] || put_on "close.$(printf %05o "$2")" "$1"
  [ "$3" = - ] || put_on "owned.$3" "$1"
  if [ "$4" != - ]; then
    entries=${4#,}
    case ,$4 in *,user:* | *,group:*) entries=${entries}mask::--- ;; *) entries=${entries}group::--- ;; esac
    put_on acl "$entries"
    put_on acl "$1"
  fi
  [ "$5" = - ] || put_on "mode.$(printf %05o "$5")" "$1"
  [ "$6" = - ] || { put_on powers "$6" && put_on powers "$1"; }
}

# linked KEY ENTRY CLOSE OWNED ACL MODE CAPABILITIES…
linked() {
  while [ $# -gt 0 ]; do
    case $NEWLINE$AGREED$NEWLINE in
      *"$NEWLINE$1$NEWLINE"*) [ -n "$CHECK" ] || emit "$2" "$3" "$4" "$5" "$6" "$7" ;;
      *) shown "${2#.//}" && fail "$SHOWN: it has other names, outside the jail or declared differently: left alone" ;;
    esac
    shift 7
  done
}
