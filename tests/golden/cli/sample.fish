# fish completion for sample; made by `sample config completions fish`.

set -g __sample_paths 'sample' 'sample kube' 'sample kube apply' 'sample exec' 'sample logs' 'sample paint'
set -g __sample_values 'sample --config' 'sample --datadir' 'sample kube apply --file' 'sample kube apply -f' 'sample kube apply --timeout' 'sample kube apply -t' 'sample kube apply --disk' 'sample kube apply --port' 'sample kube apply -p' 'sample kube apply --revision' 'sample kube apply --cpus' 'sample kube apply --zone' 'sample kube apply --except' 'sample kube apply --label' 'sample kube apply -l' 'sample exec --user' 'sample exec -u' 'sample logs --user' 'sample logs -u'

# True at the command PATH, with FIRST to LAST arguments before the cursor, which are left in __sample_arguments.
function __sample_at
	set -l at sample
	set -g __sample_arguments
	set -l skip 0
	set -l tokens (commandline -opc)
	for word in $tokens[2..-1]
		if test $skip = 1
			set skip 0
		else if string match -q -- '-*' $word
			if contains -- "$at $word" $__sample_values; or contains -- "sample $word" $__sample_values
				set skip 1
			end
		else if contains -- "$at $word" $__sample_paths
			set at "$at $word"
		else
			set -a __sample_arguments $word
		end
	end
	test "$at" = $argv[1]; or return 1
	set -q argv[2]; or return 0
	set -l count (count $__sample_arguments)
	test $count -ge $argv[2]; or return 1
	test $argv[3] = many; or test $count -le $argv[3]
end

complete -c sample -f
complete -c sample -n '__sample_at "sample"' -f -a kube -d 'Work with manifests'
complete -c sample -n '__sample_at "sample"' -f -a exec -d 'Run a command in a machine'
complete -c sample -n '__sample_at "sample"' -f -a logs -d 'Show the journal of a machine'
complete -c sample -n '__sample_at "sample"' -f -a paint -d 'Paint it'
complete -c sample -n '__sample_at "sample kube"' -f -a apply -d 'Apply manifests: create what is new, change what differs'
complete -c sample -n '__sample_at "sample kube apply"' -l file -s f -r -F -d 'Read the manifests from this file, directory or address'
complete -c sample -n '__sample_at "sample kube apply"' -l dry-run -f -a 'none client server' -d 'Print what would be done'
complete -c sample -n '__sample_at "sample kube apply"' -l recursive -s R -f -d 'Descend into directories'
complete -c sample -n '__sample_at "sample kube apply"' -l wait -s w -f -d 'Wait until everything is ready'
complete -c sample -n '__sample_at "sample kube apply"' -l force -f -d 'Delete and create again what cannot be changed in place, whatever it costs'
complete -c sample -n '__sample_at "sample kube apply"' -l timeout -s t -r -f -d 'Wait no longer than this'
complete -c sample -n '__sample_at "sample kube apply"' -l disk -r -f -d 'Limit the disk'
complete -c sample -n '__sample_at "sample kube apply"' -l port -s p -r -f -d 'Publish this port'
complete -c sample -n '__sample_at "sample kube apply"' -l revision -r -f -d 'Go back to this revision'
complete -c sample -n '__sample_at "sample kube apply"' -l cpus -r -f -d 'Limit the processors'
complete -c sample -n '__sample_at "sample kube apply"' -l zone -r -f -d 'Join this network zone'
complete -c sample -n '__sample_at "sample kube apply"' -l except -r -f -a '(sample __complete pods -- $__sample_arguments (commandline -ct) 2>/dev/null)' -d 'Leave these alone'
complete -c sample -n '__sample_at "sample kube apply"' -l label -s l -r -f -d 'Add a label'
complete -c sample -n '__sample_at "sample kube apply"' -l json -f -d 'Print JSON'
complete -c sample -n '__sample_at "sample kube apply"' -l json-pretty -f -d 'Print indented JSON'
complete -c sample -n '__sample_at "sample exec"' -l oci -f -d 'Enter this app'
complete -c sample -n '__sample_at "sample exec"' -l user -s u -r -f -d 'Run as this user'
complete -c sample -n '__sample_at "sample exec" 0 0' -f -a '(sample __complete running-machines -- $__sample_arguments (commandline -ct) 2>/dev/null)'
complete -c sample -n '__sample_at "sample exec" 1 many' -f
complete -c sample -n '__sample_at "sample logs"' -l oci -f -d 'Enter this app'
complete -c sample -n '__sample_at "sample logs"' -l user -s u -r -f -d 'Run as this user'
complete -c sample -n '__sample_at "sample logs" 0 0' -f -a '(sample __complete machines -- $__sample_arguments (commandline -ct) 2>/dev/null)'
complete -c sample -n '__sample_at "sample logs" 1 many' -f
complete -c sample -n '__sample_at "sample paint" 0 0' -f -a 'red green'
complete -c sample -n '__sample_at "sample paint" 1 2' -f -a '(__fish_complete_directories)'
complete -c sample -l verbose -s v -f -d 'Say more on stderr, and ask no questions'
complete -c sample -l quiet -s q -f -d 'Show no progress'
complete -c sample -l config -r -F -d 'Read the settings from this file'
complete -c sample -l datadir -r -f -a '(__fish_complete_directories)' -d 'Keep all data below this directory instead of the setting datadir'
complete -c sample -l help -s h -f -d 'Show help; -h is the short form of it'
complete -c sample -l version -s V -f -d 'Print the version'
