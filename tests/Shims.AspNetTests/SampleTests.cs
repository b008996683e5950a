namespace Shims.AspNetTests;

/// <summary>The sample, compiled to native code as its users do it, by the configurations that they copy.</summary>
public sealed class SampleTests
{
    /// <summary>Ten lines, as <c>make apps</c> compiles them.</summary>
    internal static string Sample => Repository.PathTo("artifacts/publish/apps/minimal-api/minimal-api");

    [Theory, InlineData("scgi_"), InlineData("fastcgi_")]
    public async Task The_sample_is_served_by_inetd_behind_nginx(string protocol)
    {
        Requires.Tools("inetd", "nginx", Sample);
        using var installation = new Installation();
        await using Inetd inetd = await Inetd.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/inetd.conf").With("/srv/hello/hello", Sample));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/nginx.conf").With("scgi_", protocol));
        for (int i = 0; i < 3; i++)
        {
            ScriptReply reply = await nginx.Browser.GetAsync("/hello/Ada");
            Assert.True(reply.Body == "Hello Ada", $"{reply.Status} {reply.Body} {nginx.Log} {inetd.Log}");
        }
    }

    [Theory, InlineData("hello-app-wait.socket", "hello-app-wait.service"), InlineData("hello-app.socket", "hello-app@.service")]
    public async Task The_sample_is_served_by_systemd_behind_nginx(string socket, string service)
    {
        Requires.Tools("systemd-socket-activate", "nginx", Sample);
        using var installation = new Installation();
        await using SocketActivate systemd = await SocketActivate.StartAsync(installation,
            ExampleFile.Read($"inetd-examples/systemd/{socket}"), ExampleFile.Read($"inetd-examples/systemd/{service}").With("/srv/hello/hello", Sample));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/minimal-api/nginx.conf"));
        for (int i = 0; i < 3; i++)
        {
            ScriptReply reply = await nginx.Browser.GetAsync("/hello/Ada");
            Assert.True(reply.Body == "Hello Ada", $"{reply.Status} {reply.Body} {nginx.Log} {systemd.Log}");
        }
    }

    [Fact]
    public async Task The_tool_for_links_keeps_its_links_and_its_form_tokens_from_process_to_process()
    {
        string published = Repository.PathTo("artifacts/publish/apps/razor-admin/razor-admin");
        Requires.Tools("inetd", "nginx", published);
        using var installation = new Installation();
        await Command.RunAsync("cp", ["-r", Path.GetDirectoryName(published)!, installation.Folder.PathTo("links")]);
        string settings = installation.Folder.PathTo("links/appsettings.json"), state = installation.Folder.MakeFolder("state");
        // One request to a process, so that the form and its answer are of two.
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace("/var/lib/links", state, StringComparison.Ordinal)
            .Replace("\"Keys\"", "\"MaxRequests\": 1, \"Keys\"", StringComparison.Ordinal));
        await using Inetd inetd = await Inetd.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/razor-admin/inetd.conf")
            .With("  links  /srv/links/", $"  {Environment.UserName}  {installation.Folder.PathTo("links")}/"));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("inetd-examples/apps/razor-admin/nginx.conf")
            .With("auth_basic \"Links\";", "").With("auth_basic_user_file /etc/nginx/links.passwords;", ""));
        ScriptReply form = await nginx.Browser.GetAsync("/");
        Assert.True(form.Status == 200, $"{form.Status} {form.Body} {nginx.Log} {inetd.Log}");
        string token = System.Text.RegularExpressions.Regex.Match(form.Body, "__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;
        string cookie = form.Headers.Single(static header => header.Key == "Set-Cookie").Value.Split(';')[0];
        string body = $"name=docs&target=https%3A%2F%2Fexample.org%2F&__RequestVerificationToken={Uri.EscapeDataString(token)}";
        ScriptReply saved = await nginx.Browser.SendAsync("POST", "/", [$"Cookie: {cookie}", "Content-Type: application/x-www-form-urlencoded"], System.Text.Encoding.ASCII.GetBytes(body));
        Assert.True(saved.Status == 302, $"{saved.Status} {saved.Body} {nginx.Log} {inetd.Log}");
        ScriptReply link = await nginx.Browser.GetAsync("/docs");
        Assert.Equal((302, "https://example.org/"), (link.Status, link.Header("Location")));
        Assert.Equal(400, (await nginx.Browser.PostAsync("/", System.Text.Encoding.ASCII.GetBytes("name=a&target=b"), "application/x-www-form-urlencoded")).Status);
    }
}
