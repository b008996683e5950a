using System.Buffers.Text;
using Shims.Posix;

namespace Shims.Hosting;

/// <summary>
/// Tokens that show that a form was sent from a page of this program: a cookie with a random number, and in the form a signature of it. No
/// other site can read either.
/// </summary>
/// <param name="cookies">The cookies of the request.</param>
/// <param name="isSecure">True if the request has come over HTTPS.</param>
/// <param name="user">The user that the web server has authenticated: a token for another user, or from before the login, is not
/// valid.</param>
internal sealed class Antiforgery(SignedCookies cookies, bool isSecure, string? user)
{
    /// <summary>As in ASP.NET Core.</summary>
    internal const string FieldName = "__RequestVerificationToken";

    /// <summary>As in ASP.NET Core: for requests that are not forms.</summary>
    internal const string HeaderName = "RequestVerificationToken";

    private const string Purpose = "antiforgery";

    private readonly string _name = OwnCookies.NameFor(Purpose, isSecure);
    private string? _id;

    /// <summary>The token for a page. The response gets the cookie, if the browser does not have it.</summary>
    internal string TokenFor(ResponseCookies response)
    {
        _id ??= cookies[_name];
        if (_id is null)
        {
            Span<byte> random = stackalloc byte[16];
            Libc.Random(random);
            _id = Base64Url.EncodeToString(random);
            response.AddSigned(_name, _id);
        }
        return SigningKey.Current.Sign(Purpose, TextOf(_id));
    }

    /// <exception cref="BadRequestException">The token is missing, or not that of the browser and the user (400).</exception>
    internal void Verify(string? token)
    {
        string id = cookies[_name]
            ?? throw new BadRequestException(400, "the antiforgery cookie is missing, or was made with another key: "
                + "the browser takes no cookies, or the request comes from another site");
        if (token is null || !SigningKey.Current.Verify(Purpose, TextOf(id), token))
        {
            throw new BadRequestException(400, "the antiforgery token is missing, or not of this browser and user: "
                + "write response.AntiforgeryField() into the form");
        }
    }

    private string TextOf(string id) => $"{id}\n{user}";
}
