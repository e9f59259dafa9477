# To be read by PowerShell: `. bin/Activate.ps1`. `deactivate` undoes it.

function global:deactivate ([switch] $Keep) {
    if (Test-Path Function:_WH_OLD_PROMPT) {
        Copy-Item Function:_WH_OLD_PROMPT Function:prompt
        Remove-Item Function:_WH_OLD_PROMPT
    }
    if (Test-Path Env:_WH_OLD_PATH) {
        $Env:PATH = $Env:_WH_OLD_PATH
        Remove-Item Env:_WH_OLD_PATH
    }
    if (Test-Path Env:_WH_OLD_PYTHONHOME) {
        $Env:PYTHONHOME = $Env:_WH_OLD_PYTHONHOME
        Remove-Item Env:_WH_OLD_PYTHONHOME
    }
    foreach ($name in 'VIRTUAL_ENV', 'VIRTUAL_ENV_PROMPT') {
        if (Test-Path "Env:$name") { Remove-Item "Env:$name" }
    }
    if (-not $Keep) { Remove-Item Function:deactivate }
}

deactivate -Keep

$Env:VIRTUAL_ENV = @@FOLDER@@
$Env:VIRTUAL_ENV_PROMPT = @@PROMPT@@

$Env:_WH_OLD_PATH = $Env:PATH
$Env:PATH = (Join-Path $Env:VIRTUAL_ENV @@SCRIPTS@@) + [IO.Path]::PathSeparator + $Env:PATH

if (Test-Path Env:PYTHONHOME) {
    $Env:_WH_OLD_PYTHONHOME = $Env:PYTHONHOME
    Remove-Item Env:PYTHONHOME
}

if (-not $Env:VIRTUAL_ENV_DISABLE_PROMPT) {
    function global:_WH_OLD_PROMPT { '' }
    Copy-Item Function:prompt Function:_WH_OLD_PROMPT
    function global:prompt {
        Write-Host -NoNewline "($Env:VIRTUAL_ENV_PROMPT) "
        _WH_OLD_PROMPT
    }
}
