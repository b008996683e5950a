using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;

namespace Shims.AspNetTests.Large;

/// <summary>What outlives a process of the large app, and what ends it.</summary>
public sealed partial class LivesTests
{
    /// <summary>A home in which nobody can make anything, not even root.</summary>
    private const string NoHome = "HOME=/proc";

    private const string Form = "application/x-www-form-urlencoded";

    [Theory, InlineData("Shim__Keys", "/guestbook"), InlineData("STATE_DIRECTORY", "/token")]
    public async Task A_cookie_and_a_form_are_good_for_the_next_process_where_keys_have_a_folder(string variable, string path)
    {
        using var folder = new TemporaryFolder();
        Launch launch = LargeApp.Launch(NoHome, $"{variable}={folder.MakeFolder("keys")}");
        (Response page, _) = await new AppRequest(Wire.Scgi, path).SendAsync(launch);
        Assert.True(page.Status == 200, page.ToString());
        (Response taken, LaunchResult ended) = await Fill(path, page).SendAsync(launch);
        Assert.True(taken.Status is 200 or 302, taken.ToString());
        Assert.Equal(0, ended.ExitCode);
    }

    [Fact]
    public async Task A_form_is_worthless_to_the_next_process_without_a_folder_for_keys_and_the_log_says_so_once()
    {
        using Pipe log = Pipe.Create();
        Launch launch = LargeApp.Launch(NoHome) with { Error = log.Writer };
        (Response page, _) = await new AppRequest(Wire.Scgi, "/token").SendAsync(launch);
        string text = await log.ReadToEndAsync();
        Assert.True(Regex.Count(text, "set Shim:Keys to a folder of this user's own, or StateDirectory= in systemd") == 1, text);
        (Response refused, _) = await Fill("/token", page).SendAsync(launch with { Error = null });
        Assert.Equal(400, refused.Status);
    }

    [Theory, InlineData("Shim__MaxRequests=0"), InlineData("Shim__MaxRequests=5")]
    public async Task A_process_whose_clients_poll_ends_when_it_is_told_or_its_life_is_over_and_they_have_their_answers(string life)
    {
        using var folder = new TemporaryFolder();
        string address = folder.PathTo("s");
        await using LaunchedProgram program = App.StartWait(LargeApp.Launch($"HOME={folder.Path}", life), address);
        Response offer = await new AppRequest(Wire.FastCgi, "/hub/negotiate?negotiateVersion=1") { Method = "POST" }.AskAsync(address);
        string token = Uri.EscapeDataString(ConnectionToken().Match(offer.Body).Groups[1].Value);
        var poll = new AppRequest(Wire.FastCgi, $"/hub?id={token}");
        Assert.Equal((200, ""), await AskAsync(poll));
        Assert.Equal((200, ""), await AskAsync(poll with { Method = "POST", Body = "{\"protocol\":\"json\",\"version\":1}\u001e"u8.ToArray() }));
        Assert.Equal((200, "{}\u001e"), await AskAsync(poll));
        using Connection connection = await Connection.OpenAsync(address);
        Task<Response> waiting = poll.ExchangeAsync(connection);
        if (life.EndsWith('0'))
        {
            // Connections are taken in their order.
            Assert.Equal((200, $"{program.ProcessId}"), await AskAsync(new AppRequest(Wire.Scgi, "/pid")));
            program.Signal(15);
        }
        Response last = await waiting.Patiently();
        Assert.True(last is { Status: 200 or 204, BrokeOff: false }, last.ToString());
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);

        async Task<(int, string)> AskAsync(AppRequest request)
        {
            Response response = await request.AskAsync(address).Patiently();
            return (response.Status, response.Body);
        }
    }

    [Fact]
    public async Task A_process_whose_life_is_over_closes_its_WebSockets()
    {
        using var folder = new TemporaryFolder();
        int port = FreePort.Next();
        await using LaunchedProgram program = App.StartWait(LargeApp.Launch($"HOME={folder.Path}", "SHIMS_PROTOCOL=http", "Shim__MaxRequests=3"), $"127.0.0.1:{port}");
        await using HubConnection hub = new HubConnectionBuilder().WithUrl($"http://127.0.0.1:{port}/hub", HttpTransportType.WebSockets).Build();
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Closed += _ =>
        {
            closed.SetResult();
            return Task.CompletedTask;
        };
        await hub.StartAsync().Patiently();
        Assert.Equal($"{program.ProcessId}", (await new Browser(port).GetAsync("/pid")).Body);
        await closed.Task.Patiently();
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    /// <summary>The form on a page, filled in.</summary>
    private static AppRequest Fill(string path, Response page)
    {
        string cookie = Cookie().Match(Encoding.Latin1.GetString(page.Bytes)).Groups[1].Value, token = FormToken().Match(page.Body).Groups[1].Value;
        return new AppRequest(Wire.Scgi, path)
        {
            Method = "POST",
            Body = Encoding.ASCII.GetBytes($"name=Ada&word=a&__RequestVerificationToken={Uri.EscapeDataString(token)}"),
            With = [("CONTENT_TYPE", Form), ("HTTP_COOKIE", cookie)],
        };
    }

    [GeneratedRegex("Set-Cookie: ([^;]+)")]
    private static partial Regex Cookie();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex FormToken();

    [GeneratedRegex("\"connectionToken\":\"([^\"]+)")]
    private static partial Regex ConnectionToken();
}
