using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>Web servers that divide requests among hosts: doctor names those that lose requests, and those that may run a script twice.</summary>
public sealed class SeveralHostsTests : IDisposable
{
    private const string NoRedispatch = "has several servers and not option redispatch", MayRunTwice = "that a script may have begun";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "check", "so that a dead server costs one of 3 requests until its health check fails")]
    [InlineData("", "", "so that a dead server costs one of 3 requests, for as long as it is dead")]
    [InlineData("no option redispatch", "", "costs one of 3 requests")]
    public async Task A_backend_of_several_servers_without_redispatch_is_named_and_cured(string line, string check, string cause)
    {
        string file = HAProxyFile(backend: line, server: check);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(NoRedispatch);
        Assert.Equal("warning", finding.Severity);
        Assert.Contains(cause, finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains("\n    option redispatch 1\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        await AssertNoneIsLeftAsync(file);
    }

    [Theory]
    [InlineData("", "option redispatch", 3)]
    [InlineData("", "option redispatch 1", 3)]
    [InlineData("option redispatch 1", "", 3)]
    [InlineData("", "", 1)]
    public async Task A_backend_with_redispatch_or_with_one_server_is_left_alone(string defaults, string backend, int servers) =>
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", HAProxyFile(defaults, backend, servers: servers))).Problems,
            static finding => finding.Cause.Contains(NoRedispatch, StringComparison.Ordinal));

    [Fact]
    public async Task Defaults_count_for_the_sections_after_them_and_those_that_a_section_names_for_it_alone()
    {
        string file = _folder.Write("haproxy.cfg", $"""
            defaults plain
                mode http
            defaults careful
                mode http
                option redispatch 1
            backend one
            {Servers(2)}
            backend two from plain
            {Servers(2)}
            fcgi-app scripts
                docroot /srv

            """);
        Assert.Contains("the backend two ", (await Diagnosis.AskAsync("--no-run", file)).The(NoRedispatch).Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "retry-on conn-failure empty-response response-timeout", "retry-on empty-response response-timeout sends")]
    [InlineData("retry-on all-retryable-errors", "", "retry-on all-retryable-errors sends")]
    public async Task Retries_of_requests_that_a_script_may_have_begun_are_named_and_cured(string defaults, string backend, string cause)
    {
        string file = HAProxyFile(defaults, $"option redispatch 1\n    {backend}");
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(MayRunTwice);
        Assert.Equal("warning", finding.Severity);
        Assert.StartsWith(cause, finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await AssertNoneIsLeftAsync(file);
    }

    [Theory]
    [InlineData("retry-on conn-failure")]
    [InlineData("retry-on none")]
    [InlineData("retry-on all-retryable-errors\n    retries 0")]
    [InlineData("retry-on all-retryable-errors\n    http-request disable-l7-retry if METH_POST")]
    [InlineData("retry-on all-retryable-errors\n    http-request disable-l7-retry unless METH_GET")]
    [InlineData("retry-on all-retryable-errors\n    http-request deny if METH_POST")]
    [InlineData("retry-on all-retryable-errors\n    http-request deny unless { method GET HEAD }")]
    public async Task Retries_that_run_no_POST_twice_are_left_alone(string lines) =>
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", HAProxyFile(backend: $"option redispatch 1\n    {lines}"))).Problems,
            static finding => finding.Cause.Contains(MayRunTwice, StringComparison.Ordinal));

    [Theory]
    [InlineData("scgi_next_upstream error timeout non_idempotent;", "scgi_next_upstream error timeout;")]
    [InlineData("scgi_next_upstream non_idempotent;", "scgi_next_upstream error timeout;")]
    public async Task A_POST_that_nginx_sends_to_another_host_is_named_and_cured(string line, string cured)
    {
        string file = NginxFile(line);
        DiagnosisFinding finding = (await Diagnosis.AskAsync("--no-run", file)).The(MayRunTwice);
        Assert.Equal("warning", finding.Severity);
        Assert.Contains("leave non_idempotent only where every script may run twice", finding.Advice, StringComparison.Ordinal);
        await finding.CureAsync();
        Assert.Contains(cured, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems, static problem => problem.Cause.Contains(MayRunTwice, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("scgi_next_upstream error timeout;", 3)]
    [InlineData("scgi_next_upstream error non_idempotent;", 1)]
    [InlineData("scgi_next_upstream error non_idempotent; limit_except GET { deny all; }", 3)]
    public async Task An_nginx_that_runs_no_POST_twice_is_left_alone(string line, int servers) =>
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", NginxFile(line, servers))).Problems, static finding => finding.Cause.Contains(MayRunTwice, StringComparison.Ordinal));

    [Fact]
    public async Task Our_example_of_three_hosts_for_HAProxy_loses_nothing_and_runs_nothing_twice()
    {
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run", Repository.PathTo("webserver-examples/haproxy-three-hosts.cfg"));
        Assert.DoesNotContain(diagnosis.Problems, static finding => finding.Cause.Contains(NoRedispatch, StringComparison.Ordinal) || finding.Cause.Contains(MayRunTwice, StringComparison.Ordinal));
    }

    [Theory, InlineData("", true), InlineData("IPAddressDeny=any\nIPAddressAllow=10.0.0.1\n", false)]
    public async Task A_socket_that_only_the_web_server_may_connect_to_is_not_called_open(string filter, bool isOpen)
    {
        _folder.Write("fcgi-run-wait.service", "[Service]\nExecStart=/usr/local/libexec/fcgi-run /srv/cgi-bin/\nStandardInput=socket\n");
        _folder.Write("fcgi-run-wait.socket.d/three-hosts.conf", $"[Socket]\nListenStream=\nListenStream=10.0.0.11:9000\n{filter}");
        Diagnosis diagnosis = await Diagnosis.AskAsync("--no-run",
            _folder.Write("fcgi-run-wait.socket", "[Socket]\nListenStream=/run/shims/fcgi.sock\nAccept=no\nTriggerLimitBurst=0\n[Install]\nWantedBy=sockets.target\n"));
        Assert.Equal(isOpen, diagnosis.Problems.Any(static finding => finding.Cause.Contains("every client that reaches it", StringComparison.Ordinal)));
    }

    /// <summary>After the cure nothing of this kind is said, and HAProxy itself takes the file.</summary>
    private static async Task AssertNoneIsLeftAsync(string file)
    {
        Assert.DoesNotContain((await Diagnosis.AskAsync("--no-run", file)).Problems,
            static problem => problem.Cause.Contains(NoRedispatch, StringComparison.Ordinal) || problem.Cause.Contains(MayRunTwice, StringComparison.Ordinal));
        Requires.Tools("haproxy");
        await Command.RunAsync("haproxy", ["-c", "-f", file]);
    }

    private string HAProxyFile(string defaults = "", string backend = "", string server = "", int servers = 3) => _folder.Write("haproxy.cfg", $"""
        defaults
            mode http
            timeout connect 5s
            timeout client 60s
            timeout server 60s
            {defaults}
        frontend site
            bind 127.0.0.1:8080
            default_backend scripts
        backend scripts
            {backend}
        {Servers(servers, server)}
        fcgi-app scripts
            docroot /srv

        """);

    private static string Servers(int count, string more = "") =>
        string.Join('\n', Enumerable.Range(1, count).Select(number => $"    server host{number} 127.0.0.{number + 1}:27190 proto fcgi {more}").Prepend("    use-fcgi-app scripts"));

    private string NginxFile(string line, int servers = 3) => _folder.Write("site.conf", $$"""
        upstream scripts {
            {{string.Join(' ', Enumerable.Range(1, servers).Select(static number => $"server 127.0.0.{number + 1}:27191;"))}}
        }
        server {
            listen 80;
            location /x {
                scgi_param REQUEST_METHOD $request_method;
                scgi_pass scripts;
                {{line}}
            }
        }

        """);
}
