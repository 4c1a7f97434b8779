# shellcheck shell=bash
make_layers30() { :; }
