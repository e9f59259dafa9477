@echo off
rem Undoes what activate.bat did.

if defined _WH_OLD_PATH set "PATH=%_WH_OLD_PATH%"
if defined _WH_OLD_PROMPT set "PROMPT=%_WH_OLD_PROMPT%"
if defined _WH_OLD_PYTHONHOME set "PYTHONHOME=%_WH_OLD_PYTHONHOME%"

set _WH_OLD_PATH=
set _WH_OLD_PROMPT=
set _WH_OLD_PYTHONHOME=
set VIRTUAL_ENV=
set VIRTUAL_ENV_PROMPT=
