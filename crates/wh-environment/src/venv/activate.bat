@echo off
rem To be run by cmd: `Scripts\activate`. `deactivate` undoes it.

rem This file is UTF-8. cmd reads each line in the code page of that moment.
for /f "tokens=2 delims=:." %%a in ('"%SystemRoot%\System32\chcp.com"') do set _WH_CODEPAGE=%%a
if defined _WH_CODEPAGE "%SystemRoot%\System32\chcp.com" 65001 > nul

if defined _WH_OLD_PATH set "PATH=%_WH_OLD_PATH%"
if not defined _WH_OLD_PATH set "_WH_OLD_PATH=%PATH%"
if defined _WH_OLD_PROMPT set "PROMPT=%_WH_OLD_PROMPT%"
if defined _WH_OLD_PYTHONHOME set "PYTHONHOME=%_WH_OLD_PYTHONHOME%"

set "VIRTUAL_ENV=@@FOLDER@@"
set "VIRTUAL_ENV_PROMPT=@@PROMPT@@"
set "PATH=%VIRTUAL_ENV%\@@SCRIPTS@@;%PATH%"

if defined PYTHONHOME set "_WH_OLD_PYTHONHOME=%PYTHONHOME%"
set PYTHONHOME=

if not defined PROMPT set "PROMPT=$P$G"
if not defined VIRTUAL_ENV_DISABLE_PROMPT set "_WH_OLD_PROMPT=%PROMPT%"
if not defined VIRTUAL_ENV_DISABLE_PROMPT set "PROMPT=(@@PROMPT_CODES@@) %PROMPT%"

if defined _WH_CODEPAGE "%SystemRoot%\System32\chcp.com" %_WH_CODEPAGE% > nul
set _WH_CODEPAGE=
