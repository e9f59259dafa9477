# To be read by fish: `source bin/activate.fish`. `deactivate` undoes it.

function deactivate -d "Leave the virtual environment"
    if set -q _WH_OLD_PATH
        set -gx PATH $_WH_OLD_PATH
        set -e _WH_OLD_PATH
    end
    if set -q _WH_OLD_PYTHONHOME
        set -gx PYTHONHOME $_WH_OLD_PYTHONHOME
        set -e _WH_OLD_PYTHONHOME
    end
    if functions -q _wh_old_fish_prompt
        functions -e fish_prompt
        functions -c _wh_old_fish_prompt fish_prompt
        functions -e _wh_old_fish_prompt
    end
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    if test "$argv[1]" != keep
        functions -e deactivate
    end
end

deactivate keep

set -gx VIRTUAL_ENV @@FOLDER@@
set -gx VIRTUAL_ENV_PROMPT @@PROMPT@@

set -g _WH_OLD_PATH $PATH
set -gx PATH "$VIRTUAL_ENV/"@@SCRIPTS@@ $PATH

if set -q PYTHONHOME
    set -g _WH_OLD_PYTHONHOME $PYTHONHOME
    set -e PYTHONHOME
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _wh_old_fish_prompt
    function fish_prompt
        # the prompt may show the status of the last command
        set -l last $status
        printf '(%s) ' $VIRTUAL_ENV_PROMPT
        echo "exit $last" | source
        _wh_old_fish_prompt
    end
end
