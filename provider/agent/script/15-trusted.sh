# trusted: leaves a file alone that runs with more rights than its caller's where users other than root can replace it. A
# file that could have been replaced until now gets its declared fields without those rights in this run.
trusted() {
  gained=''
  case $want_special in '' | '*' | '?') set_ids=0 ;; *) set_ids=$((want_special & 3072)) ;; esac
  case $want_capabilities in
    '' | '*' | '?' | -) [ "$set_ids" -ne 0 ] || return 0 ;;
    # A host without setcap counts too: it may get the command when nothing shows the danger any more.
    *) { [ -n "$CAN_CAPABILITIES" ] && setcap -q -v "$want_capabilities" ".//$path" >/dev/null 2>&1; } || gained=1 ;;
  esac
  [ $((set_ids & ~mode)) -eq 0 ] || gained=1
  shown "$path"
  if (exposed stays_hot); then
    fail "$SHOWN: users other than root may write above it, and it is declared with setuid, setgid or capabilities: left alone"
    return 1
  fi
  [ -n "$gained" ] || return 0
  if ! grep -qxF -- "$path" "$WORK/suspects" 2>/dev/null; then
    if ! is_hot "$uid" "$mode" && ! (exposed was_hot); then return 0; fi
    printf '%s\n' "$path" >>"$WORK/suspects"
  fi
  fail "$SHOWN: it is to get setuid, setgid or capabilities, and users other than root could write in it or above it until now: see that it is the right program, then run this again"
  [ "$set_ids" -eq 0 ] || want_special='?'
  case $want_capabilities:$CAN_CAPABILITIES in '':* | '*':* | -:* | *:) ;; *) want_capabilities='?' ;; esac
}

# exposed TEST: whether it holds for a directory above.
exposed() {
  left=${path%/*} above=.
  [ "$left" != "$path" ] || left=''
  while :; do
    real=$(stat -c '%d:%i 0 %u:%g %a' -- "./$above") || return 0
    if "$1"; then return 0; fi
    [ -n "$left" ] || return 1
    if [ "$above" = . ]; then above=${left%%/*}; else above=$above/${left%%/*}; fi
    case $left in */*) left=${left#*/} ;; *) left='' ;; esac
  done
}

# was_hot: as it was before it was closed.
was_hot() {
  known=''
  [ ! -s "$WORK/table" ] || known=$(grep "^${real%% *} " "$WORK/table" | head -n 1)
  ids=${known:-$real}
  ids=${ids#* * }
  is_hot "${ids%%:*}" "$((0${ids##* }))"
}

# stays_hot: once all is as declared.
stays_hot() {
  path=$above type=directory
  compose
  uid=${real#* * } mode=$((0${real##* }))
  uid=${uid%%:*}
  case $want_owner in '' | '*' | '?') ;; *) id_of "$USER_IDS" "$want_owner" && uid=$ID ;; esac
  case $want_mode in '' | '*' | '?') ;; *) mode=$want_mode ;; esac
  # The mask of its ACL may let others write, as `up` sees it, also on a host that cannot set one.
  case $want_acl in '' | '*' | '?') ;; *) acl_for "$want_acl" "$mode"; mode=$((mode | MASK << 3)) ;; esac
  is_hot "$uid" "$mode"
}
