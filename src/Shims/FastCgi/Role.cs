namespace Shims.FastCgi;

/// <summary>What the application is asked to be. FastCGI 1.0 section 6.1.</summary>
internal enum Role : ushort
{
    Responder = 1,
    Authorizer = 2,
    Filter = 3,
}
