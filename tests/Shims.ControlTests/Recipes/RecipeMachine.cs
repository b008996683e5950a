using System.Globalization;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests.Recipes;

/// <summary>
/// A machine of its own for one recipe: /etc, /usr, /var and /srv are copies that only take changes, /run is empty, and processes end with
/// it. What shimctl prints is carried out in it as it stands, with the users and paths of real life.
/// </summary>
internal sealed class RecipeMachine : IAsyncDisposable
{
    /// <summary>Mounts the copies, where TMPDIR is a file system that cannot hold changes in memory.</summary>
    private const string Mounts = """
        set -eu
        changes=$1 programs=$2
        for try in disk memory; do
            [ $try = disk ] || mount -t tmpfs tmpfs "$changes"
            mkdir -p "$changes/etc" "$changes/etc.work"
            if mount -t overlay overlay -o "lowerdir=/etc,upperdir=$changes/etc,workdir=$changes/etc.work" /etc; then break; fi
        done
        for place in usr var srv; do
            mkdir -p "$changes/$place" "$changes/$place.work" "/$place"
            mount -t overlay overlay -o "lowerdir=/$place,upperdir=$changes/$place,workdir=$changes/$place.work" "/$place"
        done
        mount -t tmpfs tmpfs /run
        mkdir -p /run/lock /usr/local/libexec
        mount --bind "$programs" /usr/local/libexec
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        # Packages need not survive a power failure here.
        echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/throw-away
        touch /run/ready
        exec sleep infinity
        """;

    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly TemporaryFolder _folder = new();
    private readonly LaunchedProgram _keeper;
    private readonly List<LaunchedProgram> _servers = [];

    private RecipeMachine() => _keeper = Launcher.Start(new Launch
    {
        Program = Tool.PathOf("unshare"),
        Arguments = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child",
            "/bin/sh", "-c", Mounts, "machine", _folder.MakeFolder("changes"), Repository.PathTo("bin")],
    });

    /// <summary>Everything that servers have written.</summary>
    internal string Log => string.Concat(_servers.Select(static server => server.OutputSoFar + server.ErrorSoFar));

    /// <summary>True if this user may make such a machine here.</summary>
    internal static async Task<bool> IsPossibleAsync() => Environment.IsPrivilegedProcess && (await Launcher.RunAsync(new Launch
    {
        Program = Tool.PathOf("unshare"),
        Arguments = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "true"],
    })).ExitCode == 0;

    /// <summary>Makes the machine.</summary>
    internal static async Task<RecipeMachine> StartAsync()
    {
        var machine = new RecipeMachine();
        try
        {
            await Patience.UntilAsync(() => !machine._keeper.IsRunning || File.Exists($"/proc/{machine._keeper.ProcessId}/root/run/ready"),
                "the mounts");
            Assert.True(machine._keeper.IsRunning, machine._keeper.ErrorSoFar);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a shell script as root.</summary>
    /// <returns>Its standard output.</returns>
    internal async Task<string> RunAsync(string script, params IReadOnlyList<string> arguments)
    {
        // Packages are fetched and unpacked.
        LaunchResult result = await Launcher.RunAsync(Inside("/bin/sh", ["-euc", script, .. arguments]), TimeSpan.FromMinutes(20));
        Assert.True(result.ExitCode == 0, $"{script}\nended with {result.ExitCode}: {result.ErrorText}{result.OutputText}\n{Log}");
        return result.OutputText;
    }

    /// <summary>True if a shell script ends with 0.</summary>
    internal async Task<bool> SucceedsAsync(string script) =>
        (await Launcher.RunAsync(Inside("/bin/sh", ["-c", script]))).ExitCode == 0;

    /// <summary>Writes a file, with the mode that it has already.</summary>
    internal Task WriteAsync(string path, string text) => RunAsync("cat \"$1\" >\"$2\"", "write", _folder.Write("text", text), path);

    /// <summary>Starts a server, and waits until it listens at a port or path.</summary>
    internal async Task StartServerAsync(string address, string program, params IReadOnlyList<string> arguments)
    {
        LaunchedProgram server = Launcher.Start(Inside(program, arguments));
        _servers.Add(server);
        await Patience.UntilAsync(() => !server.IsRunning || (address.StartsWith('/')
            ? File.Exists($"/proc/{_keeper.ProcessId}/root{address}") : Listening.IsAt(address)), address);
        Assert.True(server.IsRunning, $"{program} has ended: {Log}");
    }

    /// <summary>The texts that shimctl prints, in order.</summary>
    internal async Task<IReadOnlyList<(string Place, string First, string Text)>> ConfigureAsync(params IReadOnlyList<string> arguments)
    {
        string json = await RunAsync("exec /usr/local/libexec/shimctl config --json \"$@\"", ["config", .. arguments]);
        using JsonDocument pieces = JsonDocument.Parse(json);
        return [.. pieces.RootElement.EnumerateArray().Select(static piece =>
            (piece.GetProperty("place").GetString()!, piece.GetProperty("first").GetString()!, piece.GetProperty("text").GetString()!))];
    }

    public async ValueTask DisposeAsync()
    {
        // With the first process of the machine all others end.
        await _keeper.DisposeAsync();
        foreach (LaunchedProgram server in _servers)
            await server.DisposeAsync();
        _folder.Dispose();
    }

    private Launch Inside(string program, IReadOnlyList<string> arguments) => new()
    {
        Program = Tool.PathOf("nsenter"),
        Arguments = [string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{_keeper.ProcessId}/ns/mnt"),
            string.Create(CultureInfo.InvariantCulture, $"--pid=/proc/{_keeper.ProcessId}/ns/pid_for_children"), "--",
            "/usr/bin/env", "-i", SearchPath, "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", .. Proxies, program,
            .. arguments],
        Folder = "/",
    };

    /// <summary>The way to the packages, where there is only one.</summary>
    private static IEnumerable<string> Proxies => new[] { "http_proxy", "https_proxy", "no_proxy" }
        .Select(static name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
        .Where(static variable => variable.Value is not null).Select(static variable => $"{variable.Name}={variable.Value}");
}
