// shim-dotnet: run a file-based .NET app as the program that a super-server starts; if it does not compile, answer with what the compiler said. See shim-dotnet(1).
using System.Text;
using Shims;
using Shims.Diagnostics;
using Shims.DotNet;
using Shims.Hosting;
using Shims.Posix;
using Shims.Programs;

const string Usage = "usage: shim-dotnet FILE.cs [ARG...], or shim-dotnet --build FILE.cs; see shim-dotnet(1)";

// Under inetd descriptor 2 is the client's connection.
StandardError.Secure("shim-dotnet"u8);
Log.Program = "shim-dotnet";
// Before a word of a query can be an option, a file, or an argument of the app.
if (args.Length > 0 && QueryWords.MayBePassed)
{
    if (QueryWords.IsStartedByServer("/proc/self/exe"))
        args = [];
    else if (QueryWords.IsStartedByServer(args[0]))
        args = args[..1];
    else if (QueryWords.AreAmong(args))
        return Shim.Run(new Action<CgiRequest, CgiResponse>(static (_, _) => throw new BadRequestException(400, QueryWords.Refusal)));
}
if (args is ["--version"])
    return Print(ProgramVersion.Line("shim-dotnet"));
if (args is ["--help"])
{
    return Print("""
        Runs a file-based .NET app as the program that a super-server or web server starts,
        and shows the errors of the compiler in the browser.

        Usage:
          shim-dotnet FILE.cs [ARG...]
          shim-dotnet --build FILE.cs

        Arguments:
          FILE.cs    The app. It is compiled when it has changed.
          ARG        Arguments for the app.

        Options:
          --build    Compile the app only, and print the errors of the compiler
          --help     Show this help
          --version  Show version and commit

        See shim-dotnet(1).
        """);
}
bool onlyBuilds = args is ["--build", ..];
if (onlyBuilds)
    args = args[1..];
if (args is not [var file, ..] || !File.Exists(file) || (onlyBuilds && args.Length > 1))
{
    string objection = args is not [var missing, ..] ? $"no file is given: {Usage}"
        : missing.StartsWith('-') ? $"unknown option {missing}: {MeantBy(missing)}"
        : !File.Exists(missing) ? $"there is no file {missing}: give the path of a .cs file"
        : $"--build takes one file: {Usage}";
    Log.WriteLine(objection);
    return (int)ExitCode.Usage;
}

string source = Path.GetFullPath(file);
try
{
    var app = new App(source);
    string? complaint = app.IsUpToDate ? null : app.Build();
    if (onlyBuilds)
        return Report(complaint);
    return Serve(source, complaint ?? app.Become(args[1..]), new ShimOptions()); // comes back only if that failed
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ShimException)
{
    if (onlyBuilds)
        return Report(exception.Message + "\n");
    return Serve(source, exception.Message, new ShimOptions { IdleTimeout = TimeSpan.FromSeconds(1) }); // the next process may fare better
}

static string MeantBy(string option) => NearestWord.Among(option, ["--build", "--help", "--version"]) is { } nearest ? $"write {nearest}" : Usage;

// Past .NET's console, which sends escape sequences to a terminal before anything is written.
static int Print(string text)
{
    Libc.WriteAll(1, Encoding.UTF8.GetBytes(text + "\n"));
    return (int)ExitCode.Served;
}

// The exit status is 1 for an app that cannot be run, and its reason goes to standard output.
static int Report(string? complaint)
{
    Console.Write(complaint);
    return complaint is null ? (int)ExitCode.Served : 1;
}

// In wait mode until the file changes: then the super-server starts this program again, and that tries again.
static int Serve(string source, string complaint, ShimOptions options)
{
    AppContext.SetData("EntryPointFilePath", source);
    return Shim.Run((_, response) =>
    {
        Console.Error.WriteLine(complaint);
        response.StatusCode = 500;
        response.Headers["X-Content-Type-Options"] = "nosniff";
        response.Headers["Cache-Control"] = "no-store";
        response.Write($"500 Internal Server Error\n\n{source} cannot be run:\n\n");
        response.Write(Encoding.UTF8.GetBytes(complaint));
    }, options);
}
