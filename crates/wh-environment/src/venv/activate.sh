# To be read by bash or zsh: `. bin/activate`. `deactivate` undoes it.

deactivate () {
    if [ -n "${_WH_OLD_PATH+x}" ]; then
        PATH="$_WH_OLD_PATH"
        export PATH
        unset _WH_OLD_PATH
    fi
    if [ -n "${_WH_OLD_PYTHONHOME+x}" ]; then
        PYTHONHOME="$_WH_OLD_PYTHONHOME"
        export PYTHONHOME
        unset _WH_OLD_PYTHONHOME
    fi
    if [ -n "${_WH_OLD_PS1+x}" ]; then
        PS1="$_WH_OLD_PS1"
        unset _WH_OLD_PS1
    fi
    # the shell remembers where commands were found
    hash -r 2> /dev/null || :
    unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    if [ "${1-}" != keep ]; then
        unset -f deactivate
    fi
}

deactivate keep

VIRTUAL_ENV=@@FOLDER@@
case "$(uname 2> /dev/null)" in
    CYGWIN*|MSYS*|MINGW*) VIRTUAL_ENV="$(cygpath "$VIRTUAL_ENV")" ;;
esac
export VIRTUAL_ENV
VIRTUAL_ENV_PROMPT=@@PROMPT@@
export VIRTUAL_ENV_PROMPT

_WH_OLD_PATH="$PATH"
PATH="$VIRTUAL_ENV/"@@SCRIPTS@@":$PATH"
export PATH

if [ -n "${PYTHONHOME+x}" ]; then
    _WH_OLD_PYTHONHOME="$PYTHONHOME"
    unset PYTHONHOME
fi

if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ]; then
    _WH_OLD_PS1="${PS1-}"
    PS1="(${VIRTUAL_ENV_PROMPT}) ${PS1-}"
fi

hash -r 2> /dev/null || :
