#compdef sample
# zsh completion for sample; made by `sample config completions zsh`.

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
	case "$1" in
	words*) compadd -- ${=1#words } ;;
	names*)
		compadd -- ${(f)"$(sample __complete ${1#names } -- "${(@)arguments}" "$words[CURRENT]" 2>/dev/null)"}
		;;
	directories) _files -/ ;;
	files) _files ;;
	esac
}

_sample() {
	local REPLY option=
	local -a reply before options_here
	before=("${(@)words[2,CURRENT-1]}")
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
	if [[ $ended == 0 && $words[CURRENT] == --*=* ]]; then
		option=${words[CURRENT]%%=*}
		compset -P '*='
	elif [[ $ended == 0 && CURRENT -gt 2 && $words[CURRENT-1] == -* && $words[CURRENT-1] != *=* ]]; then
		option="next $words[CURRENT-1]"
	fi
	if [[ -n $option ]]; then
		_sample_value "$at" "${option#next }"
		[[ -z $REPLY ]] && _sample_value sample "${option#next }"
		if [[ -n $REPLY && ($option != next* || $REPLY != attached*) ]]; then
			_sample_offer "${REPLY#attached }"
			return
		fi
	fi
	if [[ $words[CURRENT] == -* && $ended == 0 ]]; then
		_sample_options "$at"
		options_here=("${reply[@]}")
		_sample_globals
		options_here+=("${reply[@]}")
		_describe -o option options_here
		return
	fi
	_sample_commands "$at"
	if ((${#reply[@]})); then
		_describe command reply
		return
	fi
	_sample_argument "$at" "$count"
	_sample_offer "$REPLY"
}

if [[ $funcstack[1] == _sample ]]; then
	_sample "$@"
else
	compdef _sample sample
fi
