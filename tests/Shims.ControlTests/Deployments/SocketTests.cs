using System.Net.Sockets;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

using Gateway = Testing.Gateway;

/// <summary>A 502 because of the socket between both halves.</summary>
public sealed class SocketTests
{
    private const string Page = "/cgi-bin/hello.cgi";

    [Fact]
    public async Task A_working_site_gets_no_error()
    {
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.Scgi);
        Diagnosis diagnosis = await workshop.AskAsync();
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_path_that_differs_between_both_halves_is_named_with_the_nearest_one_and_the_line(string program)
    {
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.Named(program));
        Workshop.Break(workshop.NginxSite, $"{workshop.Socket};", $"{workshop.Socket}et;");
        await workshop.ReloadAndSeeAsync(Page, 502);
        Diagnosis diagnosis = await workshop.AskAsync();
        DiagnosisFinding[] findings = [.. diagnosis.Errors.Where(finding => finding.Cause.Contains($"nginx connects to {workshop.Socket}et, but inetd listens at {workshop.Socket} ", StringComparison.Ordinal))];
        Assert.Equal(2, findings.Length);
        Assert.All(findings, finding => Assert.StartsWith(workshop.NginxSite + ":", finding.Subject, StringComparison.Ordinal));
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task A_socket_that_nobody_has_made_is_told_from_one_where_nobody_listens()
    {
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.Scgi);
        File.Delete(workshop.Socket);
        await workshop.SeeAsync(Page, 502);
        Assert.Contains("2 (No such file or directory)", (await workshop.AskAsync()).The(workshop.InetdFile).Cause, StringComparison.Ordinal);

        using (var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            abandoned.Bind(new UnixDomainSocketEndPoint(workshop.Socket));
            DiagnosisFinding refused = (await workshop.AskAsync()).The("111 (Connection refused)");
            Assert.Equal(workshop.Socket, refused.Subject);
            Assert.Contains("nobody listens", refused.Cause, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_super_server_that_has_not_read_its_new_line_yet_is_told_to()
    {
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.Scgi);
        Workshop.Break(workshop.InetdFile, workshop.Socket, workshop.Socket + ".new");
        Workshop.Break(workshop.NginxSite, workshop.Socket, workshop.Socket + ".new");
        workshop.Nginx.Signal(1);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("inetd is to make it");
        Assert.Equal($"kill -HUP {workshop.Inetd.ProcessId}", finding.Command);
        await finding.CureAsync();
        await workshop.SeeAsync(Page, 200);
    }

    [Fact]
    public async Task A_folder_that_the_web_servers_user_may_not_enter_is_named()
    {
        Requires.That(Environment.IsPrivilegedProcess, "root, to let nginx work as somebody else");
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.Scgi, webUser: "www-data");
        File.SetUnixFileMode(workshop.Installation.Sockets, (UnixFileMode)0b111_000_000);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The($"user www-data may not enter");
        Assert.Equal(workshop.Installation.Sockets, finding.Subject);
        Assert.Contains("13 (Permission denied)", finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.SeeAsync(Page, 200);
    }

    [Fact]
    public async Task A_socket_that_the_web_servers_user_may_not_write_to_is_given_to_that_user()
    {
        Requires.That(Environment.IsPrivilegedProcess, "root, to let nginx work as somebody else");
        await using Workshop workshop = await Workshop.OpenAsync(Gateway.FastCgi, webUser: "www-data");
        File.SetUnixFileMode(workshop.Socket, (UnixFileMode)0b110_000_000);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("user www-data may not write to the socket");
        Assert.Contains("13 (Permission denied)", finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.SeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task The_user_may_be_named_where_no_configuration_does()
    {
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = folder.PathTo("some.sock");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        File.SetUnixFileMode(path, (UnixFileMode)0b110_000_000);
        Assert.NotEmpty((await Diagnosis.AskAsync("--web-user", "nobody", "--no-run", path)).Errors);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        Assert.Empty((await Diagnosis.AskAsync("--web-user", "nobody", "--no-run", path)).Errors);
    }

    [Fact]
    public async Task What_is_in_the_place_of_a_socket_is_no_socket()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("some.sock", "not a socket");
        DiagnosisFinding finding = (await Diagnosis.AskAsync($"unix:{path}")).The("this is no socket");
        await finding.CureAsync();
        Assert.False(File.Exists(path));
    }
}
