namespace Shims.PackageTests;

/// <summary>The packages on releases of Debian that are older and newer than the one that they were made on: as little as debootstrap makes, then what the page about packages says.</summary>
/// <remarks>The systems are made once, in artifacts/debootstrap, and stay as they are: what a test installs is thrown away.</remarks>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class ReleaseTests(Distribution distribution)
{
    private const string Mirror = "http://deb.debian.org/debian";

    [Theory, InlineData("bullseye", "11"), InlineData("trixie", "13")]
    public async Task The_packages_are_installed_on_another_release_and_serve_a_page_there(string release, string version)
    {
        string root = await SystemAsync(release);
        string output = await ThrowAwayMachine.RunInAsync(root, $$"""
            cut -d . -f 1 /etc/debian_version
            apt-get -q update >/tmp/log 2>&1 && apt-get -q install -y --no-install-recommends {{Packages("shims", "shims-dotnet", "shimctl")}} >>/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            scripts=/usr/share/shims/inetd-examples/cgi-bin
            for gateway in scgi-run fcgi-run uwsgi-run ajp-run shim-dotnet; do /usr/libexec/$gateway --version | cut -d " " -f 1; done
            printf "24:CONTENT_LENGTH\0000\0SCGI\0001\0," | /usr/libexec/scgi-run $scripts/hello.cgi | tail -n 1
            shimctl --version | cut -d " " -f 1
            for gateway in scgi-run fcgi-run; do shimctl request --to "exec:$gateway $scripts/hello.cgi" /hello | tail -n 1; done
            getent group shims | cut -d : -f 1
            dpkg -P shims shims-dotnet shimctl >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
            getent group shims || echo "no group"
            """);
        Assert.Equal([version, "scgi-run", "fcgi-run", "uwsgi-run", "ajp-run", "shim-dotnet", "Hello, world!", "shimctl", "Hello, world!", "Hello, world!", "shims", "no group"], output.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_newcomer_with_Debian_13_has_a_page_through_nginx_by_the_commands_of_the_page()
    {
        string root = await SystemAsync("trixie");
        int port = FreePort.Next();
        string[] page = await File.ReadAllLinesAsync(Repository.PathTo("docs/packages.md"), TestContext.Current.CancellationToken);
        int start = Array.FindIndex(page, line => line.StartsWith("apt install ./shims_", StringComparison.Ordinal));
        string[] commands = [.. page.Skip(start).TakeWhile(line => line != "```")];
        Assert.StartsWith("curl ", commands[^1]);
        // No process 1 is there: what systemd does with the units that the commands name is done by its own programs, as its units say.
        string output = await ThrowAwayMachine.RunInAsync(root, $$"""
            apt() { apt-get -q -y --no-install-recommends "$@" >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; }
            systemctl() {
                case "$*" in
                    "enable --now scgi-run.socket")
                        unit=/usr/lib/systemd/system/scgi-run.socket socket=$(sed -n s/^ListenStream=//p /usr/lib/systemd/system/scgi-run.socket)
                        program=$(sed -n s/^ExecStart=//p /usr/lib/systemd/system/scgi-run@.service)
                        ! grep -q "^SocketUser" $unit || exit 1
                        (cd / && exec systemd-socket-activate --accept --inetd --listen "$socket" $program >/tmp/socket.log 2>&1 &)
                        until [ -S "$socket" ]; do sleep 0.1; done
                        chgrp "$(sed -n s/^SocketGroup=//p $unit)" "$socket"
                        chmod "$(sed -n s/^SocketMode=//p $unit)" "$socket" ;;
                    "restart nginx")
                        sed -i "s/127.0.0.1:8080/127.0.0.1:{{port}}/" /etc/nginx/conf.d/scgi.conf
                        rm -f /etc/nginx/sites-enabled/default
                        nginx ;;
                    *) exit 1 ;;
                esac
            }
            cd /packages
            apt update
            apt install curl systemd
            {{string.Join('\n', commands[..^1])}}
            {{commands[^1].Replace("8080", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)}}
            """);
        Assert.EndsWith("Hello, world!\n", output);
    }

    /// <summary>The packages as apt is told of them.</summary>
    private static string Packages(params string[] names) => string.Join(' ', names.Select(name => $"/packages/{Path.GetFileName(Distribution.Debian(name))}"));

    /// <summary>The folder of a system that debootstrap has made.</summary>
    private async Task<string> SystemAsync(string release)
    {
        distribution.Require();
        Requires.Tools("debootstrap");
        Requires.Place(await ThrowAwayMachine.IsPossibleAsync(), "root, and namespaces");
        string root = Repository.PathTo($"artifacts/debootstrap/{release}"), made = $"{root}.new";
        if (Directory.Exists(root))
            return root;
        if (Directory.Exists(made))
            Directory.Delete(made, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(root)!);
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("debootstrap"), Arguments = ["--variant=minbase", release, made, Mirror] }
            .WithEnvironment([.. Distribution.Surroundings.Where(variable => !variable.StartsWith("PATH=", StringComparison.Ordinal)), "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]), TimeSpan.FromMinutes(20));
        Assert.True(result.ExitCode == 0, $"debootstrap {release}: {result.ErrorText}{result.OutputText}");
        Directory.Move(made, root);
        return root;
    }
}
