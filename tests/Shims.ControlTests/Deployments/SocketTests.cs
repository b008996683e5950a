using System.Net.Sockets;
using Shims.Control.Servers.Checking;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

using Gateway = Testing.Gateway;

/// <summary>A 502 because of the socket between both halves.</summary>
public sealed class SocketTests
{
    private const string Page = "/cgi-bin/hello.cgi";

    [Fact]
    public async Task Doctor_finds_no_error_in_a_working_site()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi);
        Diagnosis diagnosis = await workshop.AskAsync();
        Assert.True(diagnosis.Errors.Count == 0, diagnosis.ToString());
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_path_that_differs_between_both_halves_is_named_with_the_nearest_one_and_the_line(string program)
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Named(program));
        BreakableSite.Break(workshop.NginxSite, $"{workshop.Socket};", $"{workshop.Socket}et;");
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

    [Theory, InlineData(false, "2 (No such file or directory): the socket has been removed that inetd made"), InlineData(true, "111 (Connection refused): another socket, at which no server listens, is in the place of the one that inetd made")]
    public async Task A_socket_that_inetd_has_lost_is_made_anew_by_a_new_start(bool isReplaced, string cause)
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi);
        File.Delete(workshop.Socket);
        if (isReplaced)
            LeaveBehind(workshop.Socket);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The(cause);
        Assert.Equal(workshop.Socket, finding.Subject);
        await CureAndSeeAsync(workshop, finding);
    }

    [Fact]
    public async Task A_socket_that_was_left_behind_by_a_server_that_has_ended_gets_a_server()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.FastCgi);
        workshop.Inetd.Signal(9);
        await workshop.Inetd.WaitForEndAsync();
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).Errors.First(error => error.Subject == workshop.Socket);
        Assert.Equal("connect() fails with 111 (Connection refused): the socket was left behind by a server that has ended; no server listens", finding.Cause);
        await CureAndSeeAsync(workshop, finding);
    }

    /// <summary>Cures by a command that starts inetd in the background, as it is there on a machine; and ends that again.</summary>
    private static async Task CureAndSeeAsync(BreakableSite workshop, DiagnosisFinding finding)
    {
        try
        {
            await finding.CureAsync();
            await workshop.SeeAsync(Page, 200);
            Assert.Empty((await workshop.AskAsync()).Errors);
        }
        finally
        {
            foreach (int id in RunningServers.All().Where(process => process.Command.Contains(workshop.InetdFile)).Select(process => process.Id))
                ProcessTree.Kill(id);
        }
    }

    /// <summary>A socket that is bound, and at which no server listens.</summary>
    private static void LeaveBehind(string path)
    {
        using var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        abandoned.Bind(new UnixDomainSocketEndPoint($"{path}.bound"));
        // .NET removes the file of a unix socket by the name that it was bound with.
        File.Move($"{path}.bound", path);
    }

    [Fact]
    public async Task A_super_server_that_has_not_read_its_new_line_yet_is_told_to()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi);
        BreakableSite.Break(workshop.InetdFile, workshop.Socket, workshop.Socket + ".new");
        BreakableSite.Break(workshop.NginxSite, workshop.Socket, workshop.Socket + ".new");
        workshop.Nginx.Signal(1);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("inetd is to make it");
        Assert.Equal($"kill -HUP {workshop.Inetd.ProcessId}", finding.Command);
        await finding.CureAsync();
        await workshop.SeeAsync(Page, 200);
    }

    [Fact, Trait("fault", "D3")]
    public async Task A_folder_that_the_web_servers_user_may_not_enter_is_named()
    {
        Requires.That(Environment.IsPrivilegedProcess, "root, to let nginx work as somebody else");
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi, webUser: "www-data");
        File.SetUnixFileMode(workshop.Installation.Sockets, (UnixFileMode)0b111_000_000);
        await workshop.SeeAsync(Page, 502);
        DiagnosisFinding finding = (await workshop.AskAsync()).The($"user www-data may not enter");
        Assert.Equal(workshop.Installation.Sockets, finding.Subject);
        Assert.Contains("13 (Permission denied)", finding.Cause, StringComparison.Ordinal);
        // Others must not get into it with that user.
        Assert.Null(finding.Command);
        Assert.StartsWith("let that user and no other enter it: chown www-data on it", finding.Advice, StringComparison.Ordinal);
        await Command.RunAsync("chown", ["www-data", workshop.Installation.Sockets]);
        await workshop.SeeAsync(Page, 200);
    }

    [Fact]
    public async Task A_socket_that_the_web_servers_user_may_not_write_to_is_given_to_that_user()
    {
        Requires.That(Environment.IsPrivilegedProcess, "root, to let nginx work as somebody else");
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.FastCgi, webUser: "www-data");
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

    [Theory, InlineData("unix:"), InlineData("")]
    public async Task A_socket_that_is_named_alone_is_connected_to_and_the_report_says_that_no_request_was_sent(string prefix)
    {
        using var folder = new TemporaryFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = folder.PathTo("some.sock");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        const string unasked = "no request was sent to it: its name does not say which script to ask for";
        string advice = Assert.Single((await Diagnosis.AskAsync("--web-user", "nobody", prefix + path)).Findings, finding => finding.Cause == unasked).Advice!;
        Assert.Contains($"shimctl request --to unix:{path} --script-filename ", advice, StringComparison.Ordinal);
        // Nothing is asked then, and it is what was wanted.
        Assert.DoesNotContain((await Diagnosis.AskAsync("--web-user", "nobody", "--no-run", prefix + path)).Findings, finding => finding.Cause == unasked);
    }

    [Theory, InlineData("plain"), InlineData("folder.sock/x"), Trait("fault", "H2")]
    public async Task A_directory_or_a_file_that_is_not_called_a_socket_is_not_removed_by_a_command(string file)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(file, "something").Replace("/x", "", StringComparison.Ordinal);
        DiagnosisFinding finding = (await Diagnosis.AskAsync($"unix:{path}")).The("not a socket");
        Assert.Null(finding.Command);
        Assert.StartsWith($"move {path} away", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_the_place_of_a_socket_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("some.sock", "not a socket");
        DiagnosisFinding finding = (await Diagnosis.AskAsync($"unix:{path}")).The("not a socket");
        await finding.CureAsync();
        Assert.False(File.Exists(path));
    }
}
