using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetCore.Features;

/// <summary>The variables that the web server has sent, and the client's certificate among them.</summary>
internal sealed class ServerVariables(RequestFeature request) : IServerVariablesFeature, ITlsConnectionFeature
{
    private const string Certificate = "SSL_CLIENT_CERT";

    private Dictionary<string, string?>? _set;
    private X509Certificate2? _certificate;

    public string? this[string variableName]
    {
        get => _set is not null && _set.TryGetValue(variableName, out string? value) ? value : request.Text(System.Text.Encoding.UTF8.GetBytes(variableName));
        set => (_set ??= [])[variableName] = value;
    }

    public X509Certificate2? ClientCertificate
    {
        get => _certificate ??= ReadCertificate();
        set => _certificate = value;
    }

    /// <summary>True if the client has shown a certificate.</summary>
    internal bool HasCertificate => !string.IsNullOrEmpty(this[Certificate]);

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

    /// <summary>PEM, percent-encoded or not.</summary>
    private X509Certificate2? ReadCertificate()
    {
        string text = this[Certificate] ?? "";
        try
        {
            return text.Length == 0 ? null : X509Certificate2.CreateFromPem(text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text);
        }
        catch (CryptographicException)
        {
            // What cannot be read proves nothing.
            return null;
        }
    }
}
