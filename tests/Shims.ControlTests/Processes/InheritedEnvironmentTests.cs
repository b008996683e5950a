using System.Text;
using Shims.Testing;

namespace Shims.ControlTests.Processes;

/// <summary>The environment of programs that are started by a <c>shimctl</c> in a service, in a CGI script or under a super-server.</summary>
public sealed class InheritedEnvironmentTests : IDisposable
{
    private const string OwnOnly = """
        export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=http NOTIFY_SOCKET=/run/systemd/notify WATCHDOG_PID=$$ FCGI_WEB_SERVER_ADDRS=192.0.2.1 SHIMS_LISTEN=unix:/nowhere/own.sock
        export REQUEST_METHOD=GET GATEWAY_INTERFACE=CGI/1.1 SCGI=1 QUERY_STRING=x CONTENT_LENGTH=99 PATH_INFO=/x SCRIPT_NAME=/x KEPT=yes
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("--scgi"), InlineData("--fastcgi")]
    public async Task Served_script_sees_only_its_own_request_in_the_environment(string protocol)
    {
        _folder.WriteScript("env.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s %s %s' \"$REQUEST_METHOD\" \"$QUERY_STRING\" \"$LISTEN_FDS\"\n");
        await using ShimctlServe server = await ShimctlServe.StartAfterAsync(OwnOnly, _folder.Path, protocol);
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("GET a=b ", await client.GetStringAsync("/env.cgi?a=b"));
    }

    [Theory, InlineData("--scgi"), InlineData("--fastcgi")]
    public async Task Served_handler_is_not_confused_by_CGI_variables_of_the_server(string protocol)
    {
        string handler = Repository.PathTo("artifacts/publish/test-handler/test-handler");
        Requires.That(File.Exists(handler), "the handler for tests (make test-handler)");
        await using ShimctlServe server = await ShimctlServe.StartAfterAsync(OwnOnly + "; export TEST_KIND=async", handler, protocol, "--app");
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string path in new[] { "/a", "/b" })
            Assert.Equal($"body of {path}", await PostAsync(client, path));
    }

    [Fact]
    public async Task Served_program_does_not_inherit_descriptors_and_service_variables()
    {
        Requires.Tools("python3");
        string app = _folder.WriteScript("app.py", """
            #!/usr/bin/env python3
            import os, socket
            connection = socket.socket(fileno=0)
            connection.recv(65536)
            connection.sendall(b"Content-Type: text/plain\r\n\r\n" + "\n".join(sorted(os.environ)).encode())
            """);
        await using ShimctlServe server = await ShimctlServe.StartAfterAsync(OwnOnly, app, "--app");
        using var client = new HttpClient { BaseAddress = server.Url };
        AssertOnlyWhatIsForPrograms(await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task Command_of_shimctl_request_does_not_inherit_descriptors_and_service_variables()
    {
        string command = $"{OwnOnly}; exec {Repository.Program("shimctl")} request --to exec:\"sh -c 'printf \\\"Content-Type: text/plain\\n\\n\\\"; dd bs=64k count=1 of=/dev/null 2>/dev/null; env | cut -d= -f1'\" /x";
        AssertOnlyWhatIsForPrograms(await Command.RunAsync("sh", ["-c", command]));
    }

    [Fact]
    public async Task Inherited_environment_is_passed_on_byte_for_byte()
    {
        Launch launch = new()
        {
            Program = Repository.Program("shimctl"),
            Arguments = ["request", "--to", "exec:sh -c 'printf \"Content-Type: text/plain\\n\\n%s\" \"$LATIN\"; dd bs=64k count=1 of=/dev/null 2>/dev/null'", "/x"],
        };
        LaunchResult result = await Launcher.RunAsync(launch with { Environment = [.. launch.Environment, [.. "LATIN="u8, 0xE9, (byte)'=', 0xFF]] });
        Assert.Equal([0xE9, (byte)'=', 0xFF], result.Output);
    }

    private static void AssertOnlyWhatIsForPrograms(string names)
    {
        string[] found = names.Split('\n');
        Assert.Contains("KEPT", found);
        Assert.Contains("PATH", found);
        Assert.DoesNotContain(found, name => name != "KEPT" && name.Length > 0 && OwnOnly.Contains($" {name}=", StringComparison.Ordinal));
    }

    private static async Task<string> PostAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.PostAsync(path, new StringContent($"body of {path}", Encoding.UTF8, "text/plain"));
        return await answer.Content.ReadAsStringAsync();
    }
}
