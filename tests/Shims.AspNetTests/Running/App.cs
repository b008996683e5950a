using System.Net.Sockets;

namespace Shims.AspNetTests;

/// <summary>The app of the tests, as its users' programs are started.</summary>
internal static class App
{
    /// <summary>The program: that of the build, or a native one that the environment names.</summary>
    internal static string Program => Environment.GetEnvironmentVariable("TEST_ASPNET_APP") is { Length: > 0 } named
        ? named
        : Managed;

    /// <summary>The program of the build, which the .NET runtime runs.</summary>
    internal static string Managed => Repository.PathTo($"tests/Shims.AspNetApp/bin/{Configuration}/net10.0/aspnet-app");

    /// <summary>The configuration that is tested.</summary>
    internal static string Configuration => AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    /// <summary>A start in the folder in which super-servers start programs.</summary>
    internal static Launch Launch(params IReadOnlyList<string> environment) =>
        new Launch { Program = Program, Folder = "/" }.WithEnvironment("DOTNET_NOLOGO=1", $"HOME={Path.GetTempPath()}").WithEnvironment(environment);

    /// <summary>A process for one connection, which gets descriptors 0, 1 and 2 as inetd gives them.</summary>
    internal static (LaunchedProgram Program, Connection Connection) StartNowait(Launch launch, bool tcp = false)
    {
        SocketPair pair = tcp ? SocketPair.CreateTcp() : SocketPair.Create();
        using Socket far = pair.Far;
        LaunchedProgram program = Launcher.Start(launch with { Input = far.SafeHandle, Output = far.SafeHandle, Error = launch.Error ?? far.SafeHandle });
        return (program, new Connection(pair.Near));
    }

    /// <summary>A process on listening sockets.</summary>
    internal static LaunchedProgram StartWait(Launch launch, string address)
    {
        using Socket listener = Listen(address);
        return Launcher.Start(launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });
    }

    /// <summary>A listening socket that stays there for as long as its file and its descriptor.</summary>
    internal static Socket Listen(string address)
    {
        if (!Address.IsUnix(address))
            return Address.Listen(address);
        // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
        Socket listener = Address.Listen(address + "~");
        File.SetUnixFileMode(address + "~", (UnixFileMode)0b110_110_110);
        File.Move(address + "~", address);
        return listener;
    }
}
