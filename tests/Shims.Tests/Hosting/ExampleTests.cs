using System.Xml.Linq;

namespace Shims.Tests.Hosting;

/// <summary>The doc comments of the library, as an editor shows them.</summary>
public sealed class ExampleTests
{
    private static readonly XElement[] s_members =
        [.. XDocument.Load(Path.ChangeExtension(typeof(Shim).Assembly.Location, ".xml")).Descendants("member")];

    public static TheoryData<Type> Types => [.. typeof(Shim).Assembly.GetExportedTypes()];

    [Theory, MemberData(nameof(Types))]
    public void Every_public_type_has_an_example(Type type)
    {
        XElement member = Assert.Single(s_members, member => member.Attribute("name")!.Value == $"T:{type.FullName}");
        XElement code = Assert.Single(Assert.Single(member.Elements("example")).Elements("code"));
        // An example that does not use the type is another's.
        Assert.Contains(type.Name.Split('`')[0] switch
        {
            nameof(CgiRequest) => "request.",
            nameof(CgiResponse) or nameof(CgiResponseExtensions) or nameof(HtmlInterpolatedStringHandler) => "response.",
            nameof(CgiAuthorization) => "authorization.",
            nameof(CgiVariableCollection) => ".Variables",
            nameof(RequestHeaderCollection) or nameof(ResponseHeaderCollection) => ".Headers",
            nameof(ValueCollection) => ".Query",
            nameof(ResponseCookies) => ".Cookies.",
            nameof(SignedCookies) => ".SignedCookies",
            nameof(UrlInterpolatedStringHandler) => ".AppUrl(",
            nameof(ShimApp) => "app.Map",
            string name => name,
        }, code.Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Shims.Shim.Run(System.Action{Shims.CgiRequest,Shims.CgiResponse},Shims.ShimOptions)")]
    [InlineData("Shims.Shim.Run(System.Action{Shims.ShimApp},Shims.ShimOptions)")]
    [InlineData("Shims.CgiRequest.ReadForm(Shims.FormLimits)")]
    [InlineData("Shims.CgiRequest.ReadVerifiedForm(Shims.FormLimits)")]
    [InlineData("Shims.CgiRequest.AppUrl(System.String)")]
    [InlineData("Shims.CgiResponse.Redirect(System.String,System.Nullable{System.Int32})")]
    [InlineData("Shims.CgiResponseExtensions.SendFile(Shims.CgiResponse,System.String,System.String,System.String,System.String)")]
    [InlineData("Shims.CgiResponseExtensions.WriteHtml(Shims.CgiResponse,Shims.HtmlInterpolatedStringHandler)")]
    [InlineData("Shims.ResponseCookies.AddSigned(System.String,System.String,Shims.CookieOptions)")]
    public void The_members_that_handlers_begin_with_have_an_example(string name) =>
        Assert.NotEmpty(Assert.Single(s_members, member => member.Attribute("name")!.Value == $"M:{name}").Elements("example"));

    [Fact]
    public void Run_points_to_the_overloads_for_asynchronous_handlers_and_for_routes()
    {
        XElement run = Assert.Single(s_members, member =>
            member.Attribute("name")!.Value == "M:Shims.Shim.Run(System.Action{Shims.CgiRequest,Shims.CgiResponse},Shims.ShimOptions)");
        string[] targets = [.. run.Element("remarks")!.Descendants("see").Select(see => see.Attribute("cref")!.Value)];
        Assert.Contains(targets, target => target.Contains("System.Threading.Tasks.Task", StringComparison.Ordinal));
        Assert.Contains(targets, target => target.Contains("ShimApp", StringComparison.Ordinal));
    }
}
