using Shims.Hosting;

namespace Shims.Tests.Hosting;

public sealed class RequestPathTests
{
    [Theory]
    // As the web server has divided it.
    [InlineData("/app", "/x y", "/app/x%20y?q", null, "/app", "/x y")]
    // nginx's scgi_params has neither: as with fastcgi_params, the whole path is the name.
    [InlineData("", "", "/a//b/", null, "/a//b/", "")]
    // mod_proxy_scgi leaves PATH_INFO encoded, and sends a slash for none.
    [InlineData("/app", "/x%20y", "/app/x%20y", null, "/app", "/x y")]
    [InlineData("/app", "/", "/app", null, "/app", "")]
    // Mounted: whatever the web server has made of it.
    [InlineData("/blog/2024/a", "", "/blog/2024/a", "/blog", "/blog", "/2024/a")]
    [InlineData("", "/blog/2024", "/blog/2024", "/blog/", "/blog", "/2024")]
    [InlineData("", "", "/blog", "/blog", "/blog", "")]
    [InlineData("/x", "/y", "/x/y", "/", "", "/x/y")]
    [InlineData("/blog2", "/y", "/blog2/y", "/blog", "/blog2", "/y")]
    public void The_path_is_divided_where_the_program_stands(string scriptName, string pathInfo, string uri, string? mount, string expectedName, string expectedRest)
    {
        byte[] block = System.Text.Encoding.UTF8.GetBytes($"SCRIPT_NAME\0{scriptName}\0PATH_INFO\0{pathInfo}\0REQUEST_URI\0{uri}\0");
        Assert.Equal((expectedName, expectedRest), RequestPath.Split(block, mount));
    }
}
