// shim-dotnet: run a file-based .NET app as the program that a super-server starts; if it does not compile, answer with what the compiler said. See shim-dotnet(1).
using System.Text;
using Shims;
using Shims.Diagnostics;
using Shims.DotNet;

// Under inetd descriptor 2 is the client's connection.
StandardError.Secure("shim-dotnet"u8);
Log.Program = "shim-dotnet";
if (args is ["--version"])
{
    Console.WriteLine(ProgramVersion.Line("shim-dotnet"));
    return (int)ExitCode.Served;
}
if (args is not [var file, ..] || !File.Exists(file))
{
    Log.WriteLine(args is [var missing, ..] ? $"there is no file {missing}: give the path of a .cs file" : "usage: shim-dotnet FILE.cs [ARG...]");
    return (int)ExitCode.Usage;
}

try
{
    var app = new App(Path.GetFullPath(file));
    string? complaint = app.IsUpToDate ? null : app.Build();
    if (complaint is null)
        complaint = app.Become(args[1..]); // comes back only if that failed
    return Serve(app, complaint);
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ShimException)
{
    Log.WriteLine(exception.Message);
    return (int)ExitCode.SystemError;
}

// In wait mode until the file changes: then the super-server starts this program again, and that tries again.
static int Serve(App app, string complaint)
{
    AppContext.SetData("EntryPointFilePath", app.Source);
    return Shim.Run((_, response) =>
    {
        Console.Error.WriteLine(complaint);
        response.StatusCode = 500;
        response.Headers["X-Content-Type-Options"] = "nosniff";
        response.Headers["Cache-Control"] = "no-store";
        response.Write($"500 Internal Server Error\n\n{app.Source} cannot be run:\n\n");
        response.Write(Encoding.UTF8.GetBytes(complaint));
    });
}
