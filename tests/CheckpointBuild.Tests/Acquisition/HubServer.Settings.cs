using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using CheckpointBuild.Acquisition;
using Microsoft.AspNetCore.Hosting;

namespace CheckpointBuild.Tests.Acquisition;

/// <content>For tests that are clients themselves, over secure connections too.</content>
internal sealed partial class HubServer
{
    private static readonly Lazy<X509Certificate2> Certificate = new(MakeCertificate);

    /// <summary>Starts a server that is reached by secure connections alone, with a certificate that only <see cref="Settings"/> trusts.</summary>
    /// <param name="repositories">What it serves.</param>
    /// <returns>The server.</returns>
    public static Task<HubServer> StartSecureAsync(params IEnumerable<ServedRepository> repositories) => StartAsync(listen => listen.UseHttps(Certificate.Value), repositories);

    /// <summary>Settings of a client of this server.</summary>
    /// <param name="cache">Its cache.</param>
    /// <returns>The settings; pauses take no time.</returns>
    public HubSettings Settings(string cache) => new()
    {
        Endpoint = Endpoint,
        CacheFolder = cache,
        Pause = (_, _) => Task.CompletedTask,
        Trusts = (_, certificate, _, _) => certificate?.GetCertHashString(HashAlgorithmName.SHA256) == Certificate.Value.GetCertHashString(HashAlgorithmName.SHA256),
    };

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Servers of some systems take no key that is in memory alone.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
