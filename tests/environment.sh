# shellcheck shell=bash
# What every script of the tests takes for granted, whoever calls it and wherever: sourced first.
umask 022
# Sorting, and the point in numbers such as $EPOCHREALTIME.
export LC_ALL=C.UTF-8
unset CDPATH GREP_OPTIONS GREP_COLORS
