using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>The files that <c>dotnet publish</c> writes for an app of ASP.NET Core, as far as they say what it is.</summary>
internal static class AspNetFiles
{
    /// <summary>An app that the .NET runtime runs.</summary>
    /// <returns>The path of its program.</returns>
    internal static string WriteManaged(TemporaryFolder folder, bool usesShim = true, bool callsIt = true, string properties = "{}", string refersTo = "")
    {
        folder.Write("hello.dll", callsIt ? refersTo + " UseShim" : refersTo);
        folder.Write("hello.runtimeconfig.json", $$"""
            { "runtimeOptions": { "frameworks": [ { "name": "Microsoft.AspNetCore.App", "version": "10.0.0" } ], "configProperties": {{properties}} } }
            """);
        folder.Write("hello.deps.json", $$"""
            { "libraries": { "hello/1.0.0": { "type": "project" }{{(usesShim ? ", \"Shims.AspNetCore/1.0.0\": { \"type\": \"package\" }" : "")}} } }
            """);
        return WriteProgram(folder, "#!/bin/sh\n");
    }

    /// <summary>An app in native code.</summary>
    /// <returns>The path of its program.</returns>
    internal static string WriteNative(TemporaryFolder folder, string refersTo = "") => WriteProgram(folder, $"\u007fELF and so on, with Shims.AspNetCore in it\n{refersTo}");

    private static string WriteProgram(TemporaryFolder folder, string text)
    {
        string program = folder.Write("hello", text);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        return program;
    }
}
