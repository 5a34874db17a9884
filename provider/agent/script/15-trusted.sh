# trusted: a file that runs with more rights than its caller's must not be where somebody else can put another in its place.
trusted() {
  powers=''
  case $want_special in '' | '*' | '?') ;; *) [ $((want_special & 3072)) -eq 0 ] || powers=1 ;; esac
  case $want_capabilities in '' | '*' | '?' | -) ;; *) powers=1 ;; esac
  [ -n "$powers" ] && exposed || return 0
  shown "$path"
  fail "$SHOWN: others than root may write above it, and it is declared with setuid, setgid or capabilities: left alone"
  return 1
}

# exposed: whether somebody else may write in a directory above, once all is as declared.
exposed() (
  left=${path%/*} type=directory
  [ "$left" != "$path" ] || left=''
  above=.
  while :; do
    path=$above
    compose
    real=$(stat -c '%u %a' -- "./$above") || exit 0
    uid=${real% *} mode=$((0${real#* }))
    case $want_owner in '' | '*' | '?') ;; *) id_of "$USER_IDS" "$want_owner" && uid=$ID ;; esac
    case $want_mode in '' | '*' | '?') ;; *) mode=$want_mode ;; esac
    if is_hot "$uid" "$mode"; then exit 0; fi
    [ -n "$left" ] || exit 1
    if [ "$above" = . ]; then above=${left%%/*}; else above=$above/${left%%/*}; fi
    case $left in */*) left=${left#*/} ;; *) left='' ;; esac
  done
)
