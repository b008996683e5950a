using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>Who may connect to ajp-run, and what proves it.</summary>
public sealed class AjpSecretTests : ProgramTest
{
    private static readonly AjpRequestData s_get = new() { Uri = "/a.cgi" };

    [Theory, InlineData(null), InlineData("wrong"), InlineData(""), InlineData("open sesame\n"), InlineData("open sesam")]
    public async Task A_request_without_the_secret_gets_a_403_and_no_log_says_anything_of_it_CVE_2026_43514(string? sent)
    {
        Folder.MarkingScript("a.cgi");
        await using AjpProgram program = AjpProgram.Listen("--secret-file", SecretFile("open sesame\n"), Folder.Target);
        AjpReply reply = await program.AskAsync(s_get with { Secret = sent });
        Assert.Equal((403, true, false), (reply.Status, reply.IsComplete, reply.IsReused));
        Assert.False(Folder.HasRun);
        await program.Program.WaitForLogAsync("--secret-file");
        Assert.DoesNotContain("sesam", program.Program.ErrorSoFar + reply.Body, StringComparison.Ordinal);
        Assert.Equal("ran", (await program.AskAsync(s_get with { Secret = "open sesame" })).Body);
    }

    [Fact]
    public async Task A_secret_reaches_neither_the_script_nor_a_capsule()
    {
        Folder.EnvironmentScript("a.cgi");
        string capsules = Folder.MakeFolder("capsules");
        await using AjpProgram program = AjpProgram.Listen("--secret-file", SecretFile("open sesame"), "--record", capsules, "--record-all", "--record-secrets", "--allow-env", "*", Folder.Target);
        Assert.DoesNotContain("sesame", (await program.AskAsync(s_get with { Secret = "open sesame" })).Body, StringComparison.Ordinal);
        await Patience.UntilAsync(() => Directory.GetFiles(capsules, "*.capsule").Length > 0, "a capsule");
        Assert.All(Directory.GetFiles(capsules), file => Assert.DoesNotContain("sesame", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("\n", "it is empty")]
    [InlineData("a\nb\n", "there is a CR, LF or NUL")]
    [InlineData("a\r\n", "there is a CR, LF or NUL")]
    [InlineData("a\0b", "there is a CR, LF or NUL")]
    public async Task A_file_that_holds_no_secret_ends_with_64_and_the_reason(string content, string reason)
    {
        LaunchResult result = await AjpProgram.RunAsync("--secret-file", SecretFile(content), Folder.Target);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(reason, result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_others_may_read_or_that_is_not_there_ends_with_64()
    {
        string file = SecretFile("secret");
        foreach (UnixFileMode mode in (UnixFileMode[])[UnixFileMode.UserRead | UnixFileMode.GroupRead, UnixFileMode.UserRead | UnixFileMode.OtherRead, UnixFileMode.UserRead | UnixFileMode.GroupWrite])
        {
            File.SetUnixFileMode(file, mode);
            LaunchResult result = await AjpProgram.RunAsync("--secret-file", file, Folder.Target);
            Assert.Equal(64, result.ExitCode);
            Assert.Contains($"chmod 600 {file}", result.ErrorText, StringComparison.Ordinal);
        }
        Assert.Equal(64, (await AjpProgram.RunAsync("--secret-file", Folder.PathTo("none"), Folder.Target)).ExitCode);
    }

    [Theory]
    [InlineData("127.0.0.1:0", false), InlineData("127.0.0.1:0", true), InlineData("0.0.0.0:0", false), InlineData("0.0.0.0:0", true)]
    public async Task A_TCP_socket_without_a_secret_ends_with_64_unless_it_is_loopback_and_that_was_said(string address, bool isSaid)
    {
        using Socket listener = Address.Listen(address);
        string[] options = isSaid ? ["--insecure-no-secret"] : [];
        await using LaunchedProgram program = AjpProgram.StartOn(listener, [.. options, Folder.Target]);
        if (isSaid && address.StartsWith("127", StringComparison.Ordinal))
        {
            Folder.MarkingScript("a.cgi");
            using var client = new AjpClient(await Connection.OpenAsync(listener.LocalEndPoint!.ToString()!));
            Assert.Equal("ran", (await client.ExchangeAsync(s_get)).Body);
            return;
        }
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--secret-file", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abstract_socket_without_a_secret_ends_with_64_whatever_was_said()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"\0shims-test-{Environment.ProcessId}"));
        listener.Listen();
        await using LaunchedProgram program = AjpProgram.StartOn(listener, "--insecure-no-secret", Folder.Target);
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("abstract", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_connection_is_judged_by_its_own_name(bool isTcp)
    {
        Folder.MarkingScript("a.cgi");
        SocketPair pair = isTcp ? SocketPair.CreateTcp() : SocketPair.Create();
        using Socket far = pair.Far;
        await using LaunchedProgram program = AjpProgram.StartOn(far, Folder.Target);
        far.Dispose();
        using var client = new AjpClient(new Connection(pair.Near));
        if (isTcp)
        {
            Assert.Equal(64, (await program.WaitAsync()).ExitCode);
            Assert.False(Folder.HasRun);
            return;
        }
        AjpReply reply = await client.ExchangeAsync(s_get);
        Assert.Equal(("ran", false), (reply.Body, reply.IsReused));
        client.Dispose();
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Theory, InlineData("exec"), InlineData("supervise")]
    public async Task A_mode_in_which_the_script_writes_by_itself_ends_with_64_and_the_reason(string mode)
    {
        LaunchResult result = await AjpProgram.RunAsync("--mode", mode, Folder.Target);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("packets", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("SCRIPT_FILENAME"), InlineData("REMOTE_USER"), InlineData("HTTP_X"), InlineData("HTTP_PROXY"), InlineData("PATH"), InlineData("LD_PRELOAD"), InlineData("a b"), InlineData("SHIMS_X")]
    public async Task An_attribute_with_a_name_that_something_goes_by_is_refused(string name)
    {
        LaunchResult result = await AjpProgram.RunAsync("--attribute", name, Folder.Target);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--attribute takes", result.ErrorText, StringComparison.Ordinal);
    }

    private string SecretFile(string content)
    {
        string file = Folder.Write("secret", content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
