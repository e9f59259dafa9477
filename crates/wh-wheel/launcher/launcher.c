/* The program in front of every script that wh installs into a Windows Python.
 *
 * A script `name.exe` is this program, then one line `#!C:\path\python.exe [arguments]`, then a zip
 * archive that holds `__main__.py`. The program reads that line, which begins where its own last
 * section ends, and starts
 *
 *     "C:\path\python.exe" [arguments] "C:\path\Scripts\name.exe" <its own arguments, unchanged>
 *
 * Python runs the archive. The program waits and ends with Python's exit code. What always holds:
 *
 * - Nothing is searched: the interpreter is the one of the line, a relative path is seen from the
 *   folder of the program.
 * - Standard handles go to Python, none is kept: whoever reads or writes a pipe deals with Python.
 * - If the program is killed, Python is (a job object); what Python started is not.
 * - Ctrl-C and Ctrl-Break are Python's; when the console closes, Python may finish first.
 *
 * There is no C run-time library, so that a launcher is a few kilobytes and needs nothing but
 * kernel32.dll (and user32.dll with GUI defined). build.sh makes the binaries.
 */
#define UNICODE
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* What CreateProcessW takes at most, in UTF-16 units with the zero at the end. */
#define LONGEST 32768

/* Static, because a large stack needs a helper of the run-time library. */
static WCHAR self[LONGEST];
static WCHAR python[LONGEST];
static WCHAR line[LONGEST];
static WCHAR command[LONGEST];
static WCHAR message[LONGEST];
static char bytes[3 * LONGEST];

/* Text that is built piece by piece. */
typedef struct {
    WCHAR *start;
    DWORD length;
    BOOL full;
} Text;

static void add(Text *text, const WCHAR *piece, DWORD length)
{
    DWORD i;
    if (length >= LONGEST - text->length) {
        text->full = TRUE;
        return;
    }
    for (i = 0; i < length; i++)
        text->start[text->length++] = piece[i];
    text->start[text->length] = 0;
}

static DWORD length_of(const WCHAR *text)
{
    DWORD length = 0;
    while (text[length])
        length++;
    return length;
}

static void add_all(Text *text, const WCHAR *piece)
{
    add(text, piece, length_of(piece));
}

static BOOL is_blank(WCHAR c)
{
    return c == ' ' || c == '\t';
}

/* Says why the script does not run, and ends. */
static __attribute__((noreturn)) void fail(const WCHAR *reason, const WCHAR *what, DWORD code)
{
    Text text = {message, 0, FALSE};
    WCHAR digits[10];
    DWORD first = 10;
    add_all(&text, self);
    add_all(&text, L": ");
    add_all(&text, reason);
    add_all(&text, what);
    if (code) {
        do {
            digits[--first] = (WCHAR)('0' + code % 10);
            code /= 10;
        } while (code);
        add_all(&text, L" (Windows error ");
        add(&text, digits + first, 10 - first);
        add_all(&text, L")");
    }
#ifdef GUI
    MessageBoxW(NULL, message, NULL, MB_OK | MB_ICONERROR);
#else
    HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
    DWORD written;
    add_all(&text, L"\r\n");
    if (!WriteConsoleW(out, message, text.length, &written, NULL)) {
        int length = WideCharToMultiByte(CP_UTF8, 0, message, (int)text.length, bytes,
                                         sizeof bytes, NULL, NULL);
        if (length > 0)
            WriteFile(out, bytes, (DWORD)length, &written, NULL);
    }
#endif
    ExitProcess(1);
}

/* Where the program ends in its own file, and the line begins. */
static DWORD end_of_program(void)
{
    const char *image = (const char *)GetModuleHandleW(NULL);
    const IMAGE_NT_HEADERS *headers =
        (const IMAGE_NT_HEADERS *)(image + ((const IMAGE_DOS_HEADER *)image)->e_lfanew);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    DWORD end = 0;
    WORD i;
    for (i = 0; i < headers->FileHeader.NumberOfSections; i++) {
        DWORD here = section[i].PointerToRawData + section[i].SizeOfRawData;
        if (section[i].SizeOfRawData && here > end)
            end = here;
    }
    return end;
}

/* Reads the line, without `#!` and line end, into `line`. */
static void read_line(void)
{
    LARGE_INTEGER start;
    DWORD read = 0, end = 0;
    int length;
    HANDLE file = CreateFileW(self, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                              OPEN_EXISTING, 0, NULL);
    start.QuadPart = end_of_program();
    if (file == INVALID_HANDLE_VALUE || !SetFilePointerEx(file, start, NULL, FILE_BEGIN) ||
        !ReadFile(file, bytes, sizeof bytes, &read, NULL))
        fail(L"cannot read this file", L"", GetLastError());
    CloseHandle(file);
    while (end < read && bytes[end] != '\n')
        end++;
    if (end == read || end < 2 || bytes[0] != '#' || bytes[1] != '!')
        fail(L"no interpreter is named in this file", L"", 0);
    if (bytes[end - 1] == '\r')
        end--;
    length = end <= 2 ? 0
                      : MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, bytes + 2,
                                            (int)end - 2, line, LONGEST - 1);
    if (length <= 0)
        fail(L"no interpreter is named in this file", L"", 0);
    line[length] = 0;
}

/* Puts the interpreter's path into `python`; gives the arguments that follow it in `line`. */
static const WCHAR *find_python(void)
{
    Text text = {python, 0, FALSE};
    const WCHAR *from = line, *to;
    BOOL quoted;
    while (is_blank(*from))
        from++;
    quoted = *from == '"';
    from += quoted;
    for (to = from; *to && (quoted ? *to != '"' : !is_blank(*to)); to++)
        ;
    if (to == from)
        fail(L"no interpreter is named in this file", L"", 0);
    if (*from != '\\' && *from != '/' && from[1] != ':') {
        DWORD folder = length_of(self);
        while (folder && self[folder - 1] != '\\' && self[folder - 1] != '/')
            folder--;
        add(&text, self, folder);
    }
    add(&text, from, (DWORD)(to - from));
    if (text.full)
        fail(L"the path of its interpreter is too long", L"", 0);
    to += quoted && *to;
    while (is_blank(*to))
        to++;
    return to;
}

/* What follows the program's name on its command line. */
static const WCHAR *own_arguments(void)
{
    const WCHAR *at = GetCommandLineW();
    BOOL quoted = FALSE;
    for (; *at && (quoted || !is_blank(*at)); at++)
        if (*at == '"')
            quoted = !quoted;
    while (is_blank(*at))
        at++;
    return at;
}

/* Puts the command line for the interpreter into `command`. */
static void make_command(const WCHAR *arguments)
{
    Text text = {command, 0, FALSE};
    const WCHAR *own = own_arguments();
    add_all(&text, L"\"");
    add_all(&text, python);
    add_all(&text, L"\" ");
    if (*arguments) {
        add_all(&text, arguments);
        add_all(&text, L" ");
    }
    add_all(&text, L"\"");
    add_all(&text, self);
    add_all(&text, L"\"");
    if (*own) {
        add_all(&text, L" ");
        add_all(&text, own);
    }
    if (text.full)
        fail(L"the arguments are too long", L"", 0);
}

#ifndef GUI
/* Called in a thread of its own. Python gets the event, too. */
static BOOL WINAPI on_console_event(DWORD event)
{
    /* Returning would end this program, and Python with it, before Python is done. */
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
        Sleep(INFINITE);
    return TRUE;
}
#endif

/* A job that ends the processes in it when this program ends; NULL where there is none. */
static HANDLE make_job(void)
{
    static JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    HANDLE job = CreateJobObjectW(NULL, NULL);
    limits.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    if (job && !SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits,
                                        sizeof limits)) {
        CloseHandle(job);
        job = NULL;
    }
    return job;
}

/* A handle that Python can inherit; what is no handle stays that. */
static HANDLE inheritable(DWORD which)
{
    HANDLE handle = GetStdHandle(which), copy;
    if (handle && handle != INVALID_HANDLE_VALUE &&
        DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, TRUE,
                        DUPLICATE_SAME_ACCESS))
        return copy;
    return handle;
}

static void close(HANDLE handle)
{
    if (handle && handle != INVALID_HANDLE_VALUE)
        CloseHandle(handle);
}

static HANDLE start_python(void)
{
    static STARTUPINFOW startup;
    static PROCESS_INFORMATION process;
    /* Window state and the descriptors that C run-time libraries hand on go to Python as well. */
    GetStartupInfoW(&startup);
    startup.dwFlags |= STARTF_USESTDHANDLES;
    startup.dwFlags &= ~(DWORD)STARTF_USEHOTKEY;
    startup.hStdInput = inheritable(STD_INPUT_HANDLE);
    startup.hStdOutput = inheritable(STD_OUTPUT_HANDLE);
    startup.hStdError = inheritable(STD_ERROR_HANDLE);
    if (!CreateProcessW(python, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        fail(L"cannot start the Python that it was installed for, ", python, GetLastError());
    CloseHandle(process.hThread);
    close(startup.hStdInput);
    close(startup.hStdOutput);
    close(startup.hStdError);
    return process.hProcess;
}

/* The copies that this program was started with. */
static void close_standard_handles(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE),
           error = GetStdHandle(STD_ERROR_HANDLE);
    close(in);
    if (out != in)
        close(out);
    if (error != in && error != out)
        close(error);
}

void launch(void)
{
    HANDLE job, process;
    DWORD length = GetModuleFileNameW(NULL, self, LONGEST), code = 1;
    if (length == 0 || length >= LONGEST)
        ExitProcess(1);
    read_line();
    make_command(find_python());
#ifdef GUI
    /* Windows shows a busy pointer until a program looks at its messages. */
    MSG ignored;
    PostMessageW(NULL, 0, 0, 0);
    GetMessageW(&ignored, NULL, 0, 0);
#else
    SetConsoleCtrlHandler(on_console_event, TRUE);
#endif
    job = make_job();
    process = start_python();
    if (job)
        AssignProcessToJobObject(job, process);
    close_standard_handles();
    WaitForSingleObject(process, INFINITE);
    GetExitCodeProcess(process, &code);
    ExitProcess(code);
}
