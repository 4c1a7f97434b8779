# bash completion for sample; made by `sample config completions bash`.

_sample_commands() {
	reply=()
	case "$1" in
	'sample') reply=( 'kube:Work with manifests' 'exec:Run a command in a machine' 'logs:Show the journal of a machine' 'paint:Paint it' 'help:Show the help of a command') ;;
	'sample kube') reply=( 'apply:Apply manifests: create what is new, change what differs' 'help:Show the help of a command') ;;
	esac
}

_sample_options() {
	reply=()
	case "$1" in
	'sample kube apply') reply=( '--file:Read the manifests from this file, directory or address' '-f:Read the manifests from this file, directory or address' '--dry-run:Print what would be done' '--recursive:Descend into directories' '-R:Descend into directories' '--wait:Wait until everything is ready' '-w:Wait until everything is ready' '--force:Delete and create again what cannot be changed in place, whatever it costs' '--timeout:Wait no longer than this' '-t:Wait no longer than this' '--disk:Limit the disk' '--port:Publish this port' '-p:Publish this port' '--revision:Go back to this revision' '--cpus:Limit the processors' '--zone:Join this network zone' '--except:Leave these alone' '--label:Add a label' '-l:Add a label' '--json:Print JSON' '--json-pretty:Print indented JSON') ;;
	'sample exec') reply=( '--oci:Enter this app' '--user:Run as this user' '-u:Run as this user') ;;
	'sample logs') reply=( '--oci:Enter this app' '--user:Run as this user' '-u:Run as this user') ;;
	esac
}

_sample_value() {
	REPLY=
	case "$1 $2" in
	'sample --config') REPLY='files' ;;
	'sample --datadir') REPLY='directories' ;;
	'sample kube apply --file' | 'sample kube apply -f') REPLY='files' ;;
	'sample kube apply --dry-run') REPLY='attached words none client server' ;;
	'sample kube apply --timeout' | 'sample kube apply -t') REPLY='none' ;;
	'sample kube apply --disk') REPLY='none' ;;
	'sample kube apply --port' | 'sample kube apply -p') REPLY='none' ;;
	'sample kube apply --revision') REPLY='none' ;;
	'sample kube apply --cpus') REPLY='none' ;;
	'sample kube apply --zone') REPLY='none' ;;
	'sample kube apply --except') REPLY='names pods' ;;
	'sample kube apply --label' | 'sample kube apply -l') REPLY='none' ;;
	'sample exec --oci') REPLY='attached none' ;;
	'sample exec --user' | 'sample exec -u') REPLY='none' ;;
	'sample logs --oci') REPLY='attached none' ;;
	'sample logs --user' | 'sample logs -u') REPLY='none' ;;
	esac
}

_sample_argument() {
	REPLY=
	case "$1 $2" in
	'sample exec 0') REPLY='names running-machines' ;;
	'sample logs 0') REPLY='names machines' ;;
	'sample paint 0') REPLY='words red green' ;;
	'sample paint 1') REPLY='directories' ;;
	'sample paint 2') REPLY='directories' ;;
	esac
}

_sample_globals() {
	reply=( '--verbose:Say more on stderr, and ask no questions' '-v:Say more on stderr, and ask no questions' '--quiet:Show no progress' '-q:Show no progress' '--config:Read the settings from this file' '--datadir:Keep all data below this directory instead of the setting datadir' '--help:Show help; -h is the short form of it' '-h:Show help; -h is the short form of it' '--version:Print the version' '-V:Print the version')
}

_sample_offer() {
	local line head=
	# What stands before a colon is a word of its own to bash, and there already.
	[[ $2 == *:* && $COMP_WORDBREAKS == *:* ]] && head=${2%"${2##*:}"}
	case "$1" in
	words*) COMPREPLY=($(compgen -W "${1#words }" -- "$2")) ;;
	names*)
		# Not compgen -W, which would expand what names hold.
		while IFS= read -r line; do
			[[ $line == "$2"* ]] && COMPREPLY+=("${line#"$head"}")
		done < <(sample __complete "${1#names }" -- "${arguments[@]}" "$2" 2>/dev/null)
		;;
	directories)
		compopt -o filenames 2>/dev/null
		while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$2")
		;;
	files)
		compopt -o filenames 2>/dev/null
		while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
		;;
	esac
}

_sample() {
	local REPLY current option= reply=() before=() i
	COMPREPLY=()
	current=${COMP_WORDS[COMP_CWORD]}
	# bash splits --name=value and name:tag into three words; put them together again.
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == [=:] && ${#before[@]} -gt 0 ]]; then
			before[-1]+=${COMP_WORDS[i]}
			if ((i + 1 < COMP_CWORD)); then
				before[-1]+=${COMP_WORDS[++i]}
			fi
		else
			before+=("${COMP_WORDS[i]}")
		fi
	done
	if [[ ${#before[@]} -gt 0 && ($current == : || ${COMP_WORDS[COMP_CWORD-1]} == :) ]]; then
		current=${before[-1]}$current
		unset 'before[-1]'
	fi
	if [[ $current == '=' && ${#before[@]} -gt 0 ]]; then
		option=${before[-1]}
		current=
		unset 'before[-1]'
	elif ((${#before[@]})) && [[ ${before[-1]} == -*= ]]; then
		option=${before[-1]%=}
		unset 'before[-1]'
	elif ((${#before[@]})) && [[ ${before[-1]} == -* && ${before[-1]} != *=* ]]; then
		option="next ${before[-1]}"
	fi
	local at=sample count=0 ended=0 skip=0 word item
	local -a arguments
	arguments=()
	for word in "${before[@]}"; do
		if ((skip)); then
			skip=0
			continue
		fi
		if [[ $word == -- ]]; then
			ended=1
		elif [[ $word == -* && $ended == 0 ]]; then
			[[ $word == *=* ]] && continue
			_sample_value "$at" "$word"
			[[ -z $REPLY ]] && _sample_value sample "$word"
			[[ -n $REPLY && $REPLY != attached* ]] && skip=1
		else
			_sample_commands "$at"
			if ((${#reply[@]})); then
				for item in "${reply[@]}"; do
					[[ ${item%%:*} == "$word" && $word != help ]] && at+=" $word"
				done
			else
				count=$((count + 1))
				arguments+=("$word")
			fi
		fi
	done
	if [[ -n $option && $ended == 0 ]]; then
		_sample_value "$at" "${option#next }"
		[[ -z $REPLY ]] && _sample_value sample "${option#next }"
		if [[ -n $REPLY && ($option != next* || $REPLY != attached*) ]]; then
			_sample_offer "${REPLY#attached }" "$current"
			return
		fi
	fi
	if [[ $current == -* && $ended == 0 ]]; then
		local items=()
		_sample_options "$at"
		items+=("${reply[@]}")
		_sample_globals
		items+=("${reply[@]}")
		COMPREPLY=($(compgen -W "${items[*]%%:*}" -- "$current"))
		return
	fi
	_sample_commands "$at"
	if ((${#reply[@]})); then
		COMPREPLY=($(compgen -W "${reply[*]%%:*}" -- "$current"))
		return
	fi
	_sample_argument "$at" "$count"
	_sample_offer "$REPLY" "$current"
}

complete -F _sample sample
