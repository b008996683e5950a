namespace Shims.FastCgi;

/// <summary>The role that the application is asked to play. FastCGI 1.0 section 6.1.</summary>
internal enum Role : ushort
{
    Responder = 1,
    Authorizer = 2,
    Filter = 3,
}
