# To be read by csh or tcsh: `source bin/activate.csh`. `deactivate` undoes it.

alias deactivate 'test $?_WH_OLD_PATH != 0 && setenv PATH "$_WH_OLD_PATH:q" && unset _WH_OLD_PATH; rehash; test $?_WH_OLD_PROMPT != 0 && set prompt="$_WH_OLD_PROMPT:q" && unset _WH_OLD_PROMPT; unsetenv VIRTUAL_ENV; unsetenv VIRTUAL_ENV_PROMPT; test "\!:*" != "keep" && unalias deactivate'

deactivate keep

setenv VIRTUAL_ENV @@FOLDER@@
setenv VIRTUAL_ENV_PROMPT @@PROMPT@@

set _WH_OLD_PATH="$PATH:q"
setenv PATH "$VIRTUAL_ENV:q/"@@SCRIPTS@@":$PATH:q"

if ( ! $?VIRTUAL_ENV_DISABLE_PROMPT ) then
    if ( $?prompt ) then
        set _WH_OLD_PROMPT="$prompt:q"
        set prompt="($VIRTUAL_ENV_PROMPT:q) $prompt:q"
    endif
endif

rehash
