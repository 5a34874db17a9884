# Paths that are not checked, and why.

# not_entered ENTRY: says of a directory that find does not go into it.
not_entered() {
  [ "$type" = directory ] || return 0
  IFS=/
  split_depth
  if [ "$depth" -lt "$DEEPEST" ] && [ "${#1}" -lt "$LONGEST" ] || excluded; then return 0; fi
  shown "$path"
  fail "$SHOWN: not checked: it is $DEEPEST directories deep, or its path is almost as long as a command takes"
}

# lacking WANT WHY: reports once, as a preview does, that ACLs or capabilities cannot be read: no daemon can give them
# to root's files. A declared ACL or capability fails.
lacking() {
  [ "$1" = - ] || fail "$2"
  case $LACKING in *"$2"*) ;; *) LACKING=$LACKING$2 && { printf '%s\n' "$2" >>"$WORK/lacking" || full; } ;; esac
}

# untold !WHY: reports getcap's complaint about an entry that it could not read.
untold() {
  shown "$path"
  fail "$SHOWN: not checked: its capabilities cannot be read: ${1#!}"
}
