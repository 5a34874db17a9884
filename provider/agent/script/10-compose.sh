# The meaning of the declaration's words above, and their result for one file or directory. Known of an entry are:
# path (below the root, "." for the root itself), depth (its number of names), type (file or directory).
SPACE=' 	
' NEWLINE='
' CLASH=''

# compose: sets want_… to an entry's declared fields: empty without a declaration, '*' for a field that is not held,
# '?' for a value that was unknown when this script was written, and '-' for none.
compose() {
  want_owner='' want_group='' want_mode='' want_special='' want_acl='' want_capabilities='' CLASH=''
  IFS=/
  split_depth
  rules
  return 0
}

split_depth() {
  set -- $path
  depth=$#
  IFS=$SPACE
  [ "$path" != . ] || depth=0
}

# rank: the following declarations are stronger than the ones before.
rank() { first_owner='' first_group='' first_mode='' first_special='' first_acl='' first_capabilities='' base=$want_mode; }

# settle FIELD VALUE: in one rank the first value decides, and another value conflicts with it.
settle() {
  eval "first=\$first_$1"
  case $first in
    '') eval "first_$1=\$2 want_$1=\$2" ;;
    "$2" | '?') ;;
    *) [ "$2" = '?' ] || CLASH=$1 ;;
  esac
}

owner() { settle owner "$1"; }
group() { settle group "$1"; }
files() { [ "$type" != file ] || bits "$1"; }
# mixed_files PLAIN PROGRAM: modes of files that are no programs, and of programs.
mixed_files() {
  [ "$type" = file ] || return 0
  if is_program || { root_runs && ! is_plain; }; then settle mode "$(($2))"; else settle mode "$(($1))"; fi
}

# root_runs: whether the entry is root's own file, where only root may put another one in its place, and can be executed.
root_runs() { [ "$uid" -eq 0 ] && [ -z "$TOP" ] && [ $((mode & 73)) -ne 0 ]; }

directories() { [ "$type" != directory ] || bits "$1"; }
special_files() { [ "$type" != file ] || special "$1"; }
special_directories() { [ "$type" != directory ] || special "$1"; }
acl() { settle acl "$1"; }
file_capabilities() { [ "$type" != file ] || settle capabilities "$1"; }

special() { case $1 in 0*) settle special "$(($1))" ;; *) settle special "$1" ;; esac; }

# bits MODE: a relative mode changes the mode of weaker declarations.
bits() {
  case $1 in
    0*) settle mode "$(($1))" ;;
    '*' | '?') settle mode "$1" ;;
    *)
      case $base in
        '*' | '?') settle mode "$base" ;;
        *) change "$1" "${base:-0}" && settle mode "$MODE" ;;
      esac
      ;;
  esac
}

# change SYMBOLS MODE: as chmod(1) with umask 0 does.
change() {
  MODE=$2
  IFS=,
  for action in $1; do
    who=${action%%[=+-]*} in=0 add=0
    perms=${action#"$who"}
    op=${perms%"${perms#?}"} perms=${perms#?}
    case $who in *u*) in=64 ;; esac
    case $who in *g*) in=$((in + 8)) ;; esac
    case $who in *o*) in=$((in + 1)) ;; esac
    case $perms in
      u) add=$((MODE >> 6 & 7)) ;;
      g) add=$((MODE >> 3 & 7)) ;;
      o) add=$((MODE & 7)) ;;
      *) bits_of "$perms" "$MODE" && add=$BITS ;;
    esac
    case $op in
      =) MODE=$((MODE & ~(7 * in) | add * in)) ;;
      +) MODE=$((MODE | add * in)) ;;
      -) MODE=$((MODE & ~(add * in))) ;;
    esac
  done
  IFS=$SPACE
}

# bits_of LETTERS MODE: rwx as a number; X is x for directories, and where the mode has any x.
bits_of() {
  BITS=0
  case $1 in *r*) BITS=4 ;; esac
  case $1 in *w*) BITS=$((BITS | 2)) ;; esac
  case $1 in *x*) BITS=$((BITS | 1)) ;; esac
  case $1 in *X*) if [ "$type" = directory ] || [ $(($2 & 73)) -ne 0 ]; then BITS=$((BITS | 1)); fi ;; esac
  return 0
}

# spans FUNCTION PARTS: whether a path is like a glob with "**" between wildcards. FUNCTION N NAME tells whether a name is like
# component N; "**" is any number of names. Only the last "**" is ever taken back.
spans() {
  left=$path/ parts="$2 " star=none mark=''
  while [ -n "$left" ]; do
    part=${parts%% *}
    if [ "$part" = '**' ]; then
      parts=${parts#* } mark=$left
      star=$parts
    elif [ -n "$part" ] && "$1" "$part" "${left%%/*}"; then
      parts=${parts#* } left=${left#*/}
    elif [ "$star" != none ]; then
      mark=${mark#*/} parts=$star
      left=$mark
    else
      return 1
    fi
  done
  while [ "${parts%% *}" = '**' ]; do parts=${parts#* }; done
  [ -z "$parts" ]
}

# excluded: whether the entry, or something above it, is left alone.
excluded() {
  [ -n "$EXCLUDED" ] || return 1
  [ "$path" != . ] || { depth=0; excludes; return; }
  whole=$path left=$path/ path='' depth=0
  while [ -n "$left" ]; do
    path=${path:+$path/}${left%%/*} left=${left#*/} depth=$((depth + 1))
    if excludes; then
      path=$whole
      return 0
    fi
  done
  path=$whole
  return 1
}

# id_of IDS NAME: the number of a declared user or group, from a list of " name:number".
id_of() {
  ID=${1#*" $2:"}
  ID=${ID%% *}
}
