namespace Shims.HandlerTests;

/// <summary>The example for inetd, with nginx in front of it.</summary>
public sealed class InetdTests
{
    [Theory]
    [InlineData("/run/shims/app.sock", "scgi_")]
    [InlineData("/run/shims/app.sock", "fastcgi_")]
    [InlineData("/run/shims/app-wait.sock", "scgi_")]
    [InlineData("/run/shims/app-wait.sock", "fastcgi_")]
    public async Task The_app_of_the_example_is_served(string socket, string protocol)
    {
        Requires.Tools("inetd", "nginx");
        using var installation = new Installation();
        await using Inetd inetd = await Inetd.StartAsync(installation, ExampleFile.Read("inetd-examples/apps.conf"));
        await using Nginx nginx = await Nginx.StartAsync(installation, ExampleFile.Read("nginx-examples/app.conf").With("/run/shims/app.sock", socket).With("scgi_", protocol));
        for (int i = 0; i < 3; i++)
        {
            ScriptReply reply = await nginx.Browser.GetAsync("/app?name=Ada");
            Assert.True(reply.Body == "Hello, Ada!\n", $"{reply.Status} {reply.Body} {nginx.Log} {inetd.Log}");
        }
    }
}
